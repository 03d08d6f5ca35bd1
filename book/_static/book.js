// Faults of the theme, mended: names of buttons, roles of references and drawings, and
// scrolling by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  // Named in words that leave out what they say ("Toggle hidden content" for "Show
  // code cell source"): their own text is the better name
  const misnamed = "summary[aria-label], .search-button-field[aria-label]";
  for (const element of document.querySelectorAll(misnamed)) {
    element.removeAttribute("aria-label");
  }
  for (const summary of document.querySelectorAll(".bd-links summary")) {
    const chapter = summary.closest("li").querySelector("a").textContent.trim();
    summary.setAttribute("aria-label", `Pages of ${chapter}`);
  }
  for (const entry of document.querySelectorAll(".citation-list > .citation")) {
    entry.setAttribute("role", "listitem");
  }
  // A drawing with links in it is no single picture
  for (const link of document.querySelectorAll('svg[role="img"] a')) {
    link.closest("svg").setAttribute("role", "group");
  }
  // What is wider than the page scrolls: the arrow keys must reach it
  const blocks = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  const wide =
    ".highlight pre, .output pre, .pst-scrollable-table-container, .katex-display";
  for (const element of document.querySelectorAll(wide)) {
    blocks.observe(element);
  }
});
