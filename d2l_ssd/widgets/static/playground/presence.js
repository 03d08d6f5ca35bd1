/** Whether somebody is there: a playground trains where it is seen. */

/** Whether the reader wants little motion. */
export function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Whether a page may begin to train by itself. */
export function mayBegin() {
  return !isCalm() && !document.hidden;
}

/**
 * Begin by itself when the scenes are seen, as an address may ask; not in a hidden tab,
 * and not where little motion is wanted.
 *
 * @param {Element} scenes
 * @param {() => void} begin
 */
export function beginWhenSeen(scenes, begin) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries[entries.length - 1].isIntersecting) return;
      observer.disconnect();
      if (mayBegin()) begin();
    },
    { threshold: 0.5 },
  );
  observer.observe(scenes);
  return () => observer.disconnect();
}

/**
 * Rest while nobody can see it: in a hidden tab, or scrolled away.
 *
 * @param {HTMLElement} el
 * @param {import("./state.js").State} state
 * @param {import("./actions.js").Actions} actions
 * @param {(message: any) => void} send
 */
export function restWhenHidden(el, state, actions, send) {
  let [seen, resting] = [true, false];
  const check = () => {
    const away = document.hidden || !seen;
    const training = state.runs.now.phase === "training";
    if (away && training && !resting) send({ type: "pause" });
    else if (!away && resting && training) actions.goOn();
    resting = away && training;
    el.classList.toggle("d2l-pg-seen", seen);
  };
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    check();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", check);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", check);
  };
}
