// Runs before require.js: tells it where this site keeps the widgets' modules, so
// that a page asks no other host. Paths are relative to this file's own address:
// the site works under any base path.
(() => {
  const here = new URL(".", document.currentScript.src).href;
  window.require = {
    // By default a module that takes more than 7 seconds to come never comes
    waitSeconds: 0,
    paths: {
      anywidget: `${here}anywidget`,
      "@jupyter-widgets/html-manager": `${here}html-manager`,
    },
  };

  // ipywidgets typesets labels through the interface of MathJax 2, and fails where
  // the page has MathJax 3. Our labels hold no formulas: a queue that does nothing.
  const hub = { Queue() {} };
  let mathJax = window.MathJax;
  if (mathJax) mathJax.Hub = hub;
  Object.defineProperty(window, "MathJax", {
    configurable: true,
    get: () => mathJax,
    set(value) {
      mathJax = value;
      if (value) value.Hub = hub;
    },
  });
})();
