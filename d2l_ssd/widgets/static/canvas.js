// What the explorers' views share: drawing on a sharp canvas, the page's theme,
// names for screen readers, and one drawing a frame however fast events come.

// Okabe and Ito's palette: safe for color blindness.
export const COLORS = {
  positive: "#009E73",
  miss: "#D55E00",
  ignored: "#999999",
  neutral: "#56B4E9",
};
export const MISSED = "#F0E442"; // an object: neither a class's color nor a wrong box's
export const CLASS_COLORS = [
  "#0072B2", "#E69F00", "#CC79A7", "#009E73", "#F0E442", "#56B4E9", "#D55E00",
];

// ---------------------------------------------------------------- data

// Bytes from Python as float32; a copy, because a view may start anywhere.
export function toFloats(bytes) {
  return new Float32Array(copyBytes(bytes));
}

export function toInts(bytes) {
  return new Int32Array(copyBytes(bytes));
}

export function toBytes(bytes) {
  return new Uint8Array(copyBytes(bytes));
}

function copyBytes(bytes) {
  const { buffer = bytes, byteOffset = 0, byteLength } = bytes;
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

// One image's labels (M, 5) as classes and flat boxes.
export function readLabels(bytes) {
  const rows = toFloats(bytes);
  const classes = [];
  const boxes = new Float32Array((rows.length / 5) * 4);
  for (let m = 0; m * 5 < rows.length; m++) {
    classes.push(rows[m * 5]);
    boxes.set(rows.subarray(m * 5 + 1, m * 5 + 5), m * 4);
  }
  return { classes, boxes, count: classes.length };
}

// Images decode by themselves; `ready` is called as each one can be drawn.
export function decodeImages(files, ready) {
  return files.map((bytes) => {
    const image = new Image();
    const url = URL.createObjectURL(new Blob([copyBytes(bytes)]));
    image.onload = () => {
      URL.revokeObjectURL(url);
      ready();
    };
    image.src = url;
    return image;
  });
}

// ---------------------------------------------------------------- elements

// An element with properties, attributes (names with a dash, or role) and children.
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

// Text that changes only if it must: no layout for a number that stays.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setLabel(node, text) {
  if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
}

export const formatCount = (count) => count.toLocaleString("en-US");
export const formatPercent = (share) => `${(100 * share).toFixed(1)} %`;

// A table with a caption and a row of headings; `body` takes the rows.
export function makeTable(caption, headings, className = "") {
  const body = element("tbody");
  const head = element("tr");
  for (const heading of headings) head.append(element("th", { scope: "col" }, heading));
  const table = element(
    "table",
    { className: `d2l-table ${className}` },
    element("caption", {}, caption),
    element("thead", {}, head),
    body,
  );
  return { table, body };
}

// Write rows of texts into a table's body, reusing its cells. A row may be
// { cells, data, className }: data become data-* attributes, for tests.
export function setRows(body, rows) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach(({ cells, data = {}, className = "" }, number) => {
    const row = body.rows[number] ?? body.insertRow();
    if (row.className !== className) row.className = className;
    Object.assign(row.dataset, data);
    cells.forEach((text, column) => setText(row.cells[column] ?? row.insertCell(), text));
  });
}

// Three numbers, which are a legend of judgedLook too.
export function makeTiles() {
  const tile = (key, mark) => {
    const number = element("strong", {}, "0");
    const swatch = element("span", { className: `d2l-key d2l-${key}` }, mark);
    const node = element("div", { className: "d2l-tile" }, number, element("span", {}, swatch, key));
    return { number, node };
  };
  const tiles = { right: tile("right", "✓"), wrong: tile("wrong", "✗"), missed: tile("missed", "\u00a0") };
  const nodes = Object.values(tiles).map(({ node }) => node);
  const row = element("div", { className: "d2l-tiles" }, ...nodes);
  const show = ({ correct, wrong, missed }) => {
    Object.assign(row.dataset, { correct, wrong, missed });
    setText(tiles.right.number, String(correct));
    setText(tiles.wrong.number, String(wrong));
    setText(tiles.missed.number, String(missed));
  };
  return { row, show };
}

// A region that a screen reader reads when the hand rests, not at every step,
// and not before anything has moved.
export function makeAnnouncer() {
  const region = element("div", { className: "d2l-visually-hidden", "aria-live": "polite" });
  let said;
  let timer;
  const announce = (text) => {
    said ??= text;
    if (text === said) return;
    said = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(region, text), 600);
  };
  return { region, announce };
}

// ---------------------------------------------------------------- canvas

// A canvas that fills its parent's width, `ratio` times as high (or `height`
// pixels, or what `height` makes of the width), sharp on every screen. `redraw` runs after its size has changed.
// `begin()` clears it and returns the context, which draws in CSS pixels.
export function makeCanvas({ ratio, height, redraw }) {
  const canvas = element("canvas", { role: "img" });
  const context = canvas.getContext("2d");
  const stage = { canvas, context, width: 0, height: 0, begin };
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    const high = (height?.call ? height(width) : height) ?? Math.round(width * ratio);
    if (!width || (width === stage.width && high === stage.height)) return;
    Object.assign(stage, { width, height: high });
    redraw();
  });
  stage.observe = () => observer.observe(canvas.parentElement);
  stage.disconnect = () => observer.disconnect();
  function begin() {
    const scale = window.devicePixelRatio || 1;
    const [wide, high] = [stage.width * scale, stage.height * scale].map(Math.round);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = `${stage.height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, stage.width, stage.height);
    return context;
  }
  return stage;
}

// The stroke of box number i of boxes, in a canvas of that size.
export function strokeBox(context, boxes, i, { width, height }, color, lineWidth, dash = []) {
  const [x0, y0] = [boxes[i * 4] * width, boxes[i * 4 + 1] * height];
  const [x1, y1] = [boxes[i * 4 + 2] * width, boxes[i * 4 + 3] * height];
  context.setLineDash(dash);
  context.lineWidth = lineWidth;
  context.strokeStyle = color;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  context.setLineDash([]);
}

// A box that reads on any picture: a dark edge under the colored line.
export function strokeBoxBold(context, boxes, i, size, color, dash = []) {
  strokeBox(context, boxes, i, size, "rgba(0, 0, 0, 0.55)", 4.5);
  strokeBox(context, boxes, i, size, color, 2.5, dash);
}

// A small name plate with its lower left corner at (x, y), kept in the canvas.
export function drawPlate(context, text, x, y, { width }, color) {
  context.font = "600 12px system-ui, sans-serif";
  const wide = context.measureText(text).width + 10;
  const left = Math.max(0, Math.min(x, width - wide));
  const top = Math.max(0, y - 18);
  context.fillStyle = color;
  context.fillRect(left, top, wide, 18);
  context.fillStyle = textOn(color);
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(text, left + 5, top + 9.5);
}

// Black or white, whichever reads better on a #rrggbb color.
export function textOn(color) {
  const [red, green, blue] = [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 115 ? "#000000" : "#ffffff";
}

// How a box is drawn of which we know whether it is right: by color, line and mark.
export function judgedLook(kind) {
  if (kind === "correct") return { color: COLORS.positive, dash: [], mark: "✓" };
  if (kind === "ignored") return { color: COLORS.ignored, dash: [2, 3], mark: "·" };
  if (kind === "missed") return { color: MISSED, dash: [2, 3], mark: "" };
  return { color: COLORS.miss, dash: [7, 4], mark: "✗" };
}

// The largest place for an image in the middle of a stage.
export function fitImage(image, { width, height }) {
  const [wide, high] = [image.naturalWidth || 1, image.naturalHeight || 1];
  const scale = Math.min(width / wide, height / high);
  const size = { width: wide * scale, height: high * scale };
  return { ...size, left: (width - size.width) / 2, top: (height - size.height) / 2 };
}

// An arrow from (x0, y0) to (x1, y1); a dot where it has no length to show.
export function drawArrow(context, x0, y0, x1, y1, color, lineWidth = 2.5) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = lineWidth;
  context.beginPath();
  context.arc(x0, y0, lineWidth + 0.5, 0, 2 * Math.PI);
  context.fill();
  if (length < 2) return;
  const head = Math.min(10, length);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [bx, by] = [x1 - ux * head, y1 - uy * head];
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(bx, by);
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(bx - (uy * head) / 2, by + (ux * head) / 2);
  context.lineTo(bx + (uy * head) / 2, by - (ux * head) / 2);
  context.fill();
}

// ---------------------------------------------------------------- time

// Ask for a drawing: at once, after the handler that asks, but never twice in
// a frame. A second wish waits for the next frame; a third is the second.
export function oncePerFrame(draw) {
  let asked = false;
  let frame = 0;
  const run = () => {
    asked = false;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (asked) run();
    });
    draw();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (!frame) queueMicrotask(() => asked && !frame && run());
  };
}

// ---------------------------------------------------------------- page

// Whether the page around us is dark: Sphinx, JupyterLab, Colab, VS Code say
// so in an attribute; elsewhere the background tells.
function isDark(node) {
  const [html, body] = [document.documentElement, document.body];
  if (html.dataset.theme) return html.dataset.theme === "dark";
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  if (body.dataset.vscodeThemeKind) return !body.dataset.vscodeThemeKind.includes("light");
  if (html.hasAttribute("theme")) return html.getAttribute("theme") === "dark";
  for (; node; node = node.parentElement) {
    const [red, green, blue, alpha = 1] = getComputedStyle(node)
      .backgroundColor.match(/[\d.]+/g)
      .map(Number);
    if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return false;
}

// The screen reader's names of ipywidgets' controls: their description. A slider
// has it only as a text beside it, a group of check boxes as its first label.
// A slider's value is read as it is shown, not as 0.24000000000000002.
function nameControls(root) {
  for (const slider of root.querySelectorAll("[role=slider]")) {
    const text = slider.getAttribute("aria-valuetext") ?? "";
    const short = String(Number(Number(text).toFixed(6)));
    if (text && short !== text && short !== "NaN") slider.setAttribute("aria-valuetext", short);
  }
  for (const row of root.querySelectorAll(".widget-inline-hbox")) {
    const name = row.querySelector(".widget-label")?.textContent;
    if (!name) continue;
    for (const part of row.querySelectorAll("[role=slider], .widget-readout")) {
      if (!part.hasAttribute("aria-label")) part.setAttribute("aria-label", name);
      if (part.isContentEditable) part.setAttribute("role", "textbox");
    }
  }
  for (const box of root.querySelectorAll(".d2l-group")) {
    box.setAttribute("role", "group");
    setLabel(box, box.querySelector(".widget-label")?.textContent ?? "");
  }
}

// Put `children` into a view's element, and keep names and theme right while it
// lives. Returns { colors, stop }: colors has the theme's text, muted, line and
// panel colors; `redraw` runs when they change.
export function openView(el, children, redraw) {
  el.classList.add("d2l-view");
  el.append(...children);
  const colors = {};
  const root = () => el.closest(".d2l-explorer") ?? el;
  const update = () => {
    root().classList.toggle("d2l-dark", isDark(root()));
    const style = getComputedStyle(el);
    for (const name of ["text", "muted", "line", "panel"]) {
      colors[name] = style.getPropertyValue(`--d2l-${name}`).trim() || "#888888";
    }
    nameControls(root());
    redraw();
  };
  const theme = new MutationObserver(update);
  for (const node of [document.documentElement, document.body]) {
    theme.observe(node, { attributes: true });
  }
  // The element is not in the page yet, and the controls may come after it
  const controls = new MutationObserver(() => nameControls(root()));
  const start = requestAnimationFrame(() => {
    update();
    const attributeFilter = ["aria-valuetext"];
    controls.observe(root(), { childList: true, subtree: true, attributeFilter });
  });
  const stop = () => {
    cancelAnimationFrame(start);
    theme.disconnect();
    controls.disconnect();
  };
  return { colors, stop };
}

// Call `handler` on a change of any of these traits; returns what undoes it.
export function onChange(model, names, handler) {
  const events = names.map((name) => `change:${name}`).join(" ");
  model.on(events, handler);
  return () => model.off(events, handler);
}
