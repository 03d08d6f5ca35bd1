// FeatureMapExplorer's view: an image beside one channel of one layer, and what
// one of its cells sees; all channels of the layer as small pictures.
import { nearestCell } from "./geometry.js";
import {
  COLORS, decodeImages, element, makeAnnouncer, makeCanvas, makeTable, oncePerFrame, onChange,
  openView, setLabel, setRows, setText, toBytes,
} from "./canvas.js";

const GAP = 4; // between the small pictures
const COLUMNS = 8; // of small pictures

// Viridis, in eight steps: as light as the value is high, on any eye.
const VIRIDIS = [
  [68, 1, 84], [70, 50, 127], [54, 92, 141], [39, 127, 142],
  [31, 161, 135], [74, 194, 109], [159, 218, 58], [253, 231, 37],
];
const PALETTE = Uint32Array.from({ length: 256 }, (_, value) => {
  const place = (value / 255) * (VIRIDIS.length - 1);
  const step = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const [red, green, blue] = [0, 1, 2].map((k) => {
    const [low, high] = [VIRIDIS[step][k], VIRIDIS[step + 1][k]];
    return Math.round(low + (place - step) * (high - low));
  });
  return (255 << 24) | (blue << 16) | (green << 8) | red;
});

// The square of pixels that a cell sees, [low, high] along one axis: the middle
// of pixel number p lies at p + 0.5.
function fieldOf(cell, { offset, stride, receptive_field: side }) {
  const middle = offset + cell * stride + 0.5;
  return [middle - side / 2, middle + side / 2];
}

// The activation that a byte stands for.
function activationAt(bytes, { shape, low, high }, channel, row, column) {
  const value = bytes[(channel * shape[0] + row) * shape[1] + column];
  return low[channel] + (value / 255) * (high[channel] - low[channel]);
}

// The cell of the layer shown stays where it was on the image.
function initialize({ model }) {
  let layer = model.get("layer");
  onChange(model, ["layer"], () => {
    const [before, after] = [layer, model.get("layer")].map((n) => model.get("layers")[n].shape);
    layer = model.get("layer");
    model.set("row", nearestCell((model.get("row") + 0.5) / before[0], after[0]));
    model.set("column", nearestCell((model.get("column") + 0.5) / before[1], after[1]));
    model.save_changes();
  });
}

function render({ model, el }) {
  const layers = model.get("layers");
  const activations = model.get("activations").map(toBytes);
  const [height, width] = model.get("image_size");
  const drawings = layers.map(() => []); // per layer and channel a small canvas

  const redraw = oncePerFrame(draw);
  const [image] = decodeImages([model.get("picture")], redraw);
  const picture = makeCanvas({ ratio: height / width, redraw });
  const map = makeCanvas({ ratio: height / width, redraw });
  const overview = makeCanvas({
    height: (wide) => {
      const rows = Math.ceil(Math.max(...layers.map((l) => l.channels.length)) / COLUMNS);
      return Math.round((rows * (wide + GAP)) / COLUMNS - GAP);
    },
    redraw,
  });
  const frame = (label, canvas) =>
    element(
      "div",
      { className: "d2l-picture", tabIndex: 0, role: "application", "aria-label": label },
      canvas,
    );
  const imageFrame = frame("Cells over the image: the arrow keys choose one", picture.canvas);
  const mapFrame = frame("Cells of the map: the arrow keys choose one", map.canvas);
  const [imageTitle, mapTitle] = [0, 1].map(() => element("p", { className: "d2l-heading" }));
  const note = element("p", { className: "d2l-note d2l-wide d2l-why" });
  const table = makeTable("Layers", ["Layer", "Map", "Channels", "Cell", "Sees"]);
  const overviewFrame = element("div", { className: "d2l-overview" }, overview.canvas);
  const { region, announce } = makeAnnouncer();
  const side = (...children) => element("div", { className: "d2l-side" }, ...children);
  const overviewTitle = element("p", { className: "d2l-heading" }, "Its channels that vary most");
  const { colors, stop } = openView(
    el,
    [
      side(imageTitle, imageFrame), side(mapTitle, mapFrame), note,
      element("div", {}, table.table), side(overviewTitle, overviewFrame), region,
    ],
    redraw,
  );
  for (const stage of [picture, map, overview]) stage.observe();

  const now = () => layers[model.get("layer")];
  const channelNow = () => Math.min(model.get("channel"), now().channels.length) - 1;

  // The channel's picture, a pixel a cell; made when it is first asked for
  function drawingOf(number, channel) {
    const known = drawings[number][channel];
    if (known) return known;
    const [rows, columns] = layers[number].shape;
    const canvas = element("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(columns, rows);
    const colored = new Uint32Array(pixels.data.buffer);
    const start = channel * rows * columns;
    for (let i = 0; i < rows * columns; i++) colored[i] = PALETTE[activations[number][start + i]];
    context.putImageData(pixels, 0, 0);
    return (drawings[number][channel] = canvas);
  }

  function draw() {
    const [layer, channel] = [now(), channelNow()];
    const [row, column] = [model.get("row"), model.get("column")];
    const value = activationAt(activations[model.get("layer")], layer, channel, row, column);
    const field = { x: fieldOf(column, layer), y: fieldOf(row, layer) };
    drawImage(layer, field, row, column);
    drawMap(layer, channel, row, column);
    drawOverview(channel);
    showTable();
    const [rows, columns] = layer.shape;
    setText(mapTitle, `${layer.name}: channel ${layer.channels[channel]} of ${layer.num_channels}`);
    setText(imageTitle, `What one cell sees: ${layer.receptive_field} × ${layer.receptive_field} px`);
    const text =
      `${layer.name}, channel ${layer.channels[channel]}: row ${row + 1}, column ${column + 1} ` +
      `of ${rows} × ${columns} cells has the value ${value.toFixed(2)} (highest: ` +
      `${layer.high[channel].toFixed(2)}). A cell is ${layer.stride} pixels wide and sees ` +
      `${layer.receptive_field}.`;
    setText(note, text);
    setLabel(map.canvas, text);
    setLabel(picture.canvas, `The image; the square that the cell sees: ${describe(field)}.`);
    setLabel(overview.canvas, `${layer.channels.length} channels of ${layer.name} as small pictures.`);
    announce(text);
    Object.assign(el.dataset, {
      value, row, column, field: JSON.stringify([field.x[0], field.y[0], field.x[1], field.y[1]]),
    });
    el.dataset.drawings = Number(el.dataset.drawings ?? 0) + 1;
  }

  function describe({ x, y }) {
    const inside = (a, size) => [Math.max(0, a[0]), Math.min(size, a[1])].map(Math.round);
    return `columns ${inside(x, width).join(" to ")}, rows ${inside(y, height).join(" to ")}`;
  }

  function drawImage(layer, { x, y }, row, column) {
    const context = picture.begin();
    const [wide, high] = [picture.width / width, picture.height / height];
    if (image.complete) context.drawImage(image, 0, 0, picture.width, picture.height);
    // A veil over all that the cell does not see
    context.fillStyle = "rgba(0, 0, 0, 0.55)";
    context.beginPath();
    context.rect(0, 0, picture.width, picture.height);
    context.rect(x[0] * wide, y[0] * high, (x[1] - x[0]) * wide, (y[1] - y[0]) * high);
    context.fill("evenodd");
    const bold = (color, x0, y0, w, h) => {
      for (const [stroke, thick] of [["rgba(0, 0, 0, 0.6)", 4.5], [color, 2.5]]) {
        context.strokeStyle = stroke;
        context.lineWidth = thick;
        context.strokeRect(x0, y0, w, h);
      }
    };
    // Beyond the image's border a line at the border
    const low = [Math.max(1.5, x[0] * wide), Math.max(1.5, y[0] * high)];
    const end = [
      Math.min(picture.width - 1.5, x[1] * wide),
      Math.min(picture.height - 1.5, y[1] * high),
    ];
    bold(COLORS.positive, ...low, end[0] - low[0], end[1] - low[1]);
    const [rows, columns] = layer.shape;
    const cell = [picture.width / columns, picture.height / rows];
    bold("#ffffff", column * cell[0], row * cell[1], ...cell);
  }

  function drawMap(layer, channel, row, column) {
    const context = map.begin();
    const [rows, columns] = layer.shape;
    context.imageSmoothingEnabled = false;
    context.drawImage(drawingOf(model.get("layer"), channel), 0, 0, map.width, map.height);
    const [wide, high] = [map.width / columns, map.height / rows];
    for (const [stroke, thick] of [["#000000", 4.5], ["#ffffff", 2.5]]) {
      context.strokeStyle = stroke;
      context.lineWidth = thick;
      context.strokeRect(column * wide, row * high, wide, high);
    }
  }

  function placeOf(channel) {
    const side = (overview.width + GAP) / COLUMNS;
    const [x, y] = [(channel % COLUMNS) * side, Math.floor(channel / COLUMNS) * side];
    return [x, y, side - GAP, side - GAP];
  }

  function drawOverview(chosen) {
    const context = overview.begin();
    context.imageSmoothingEnabled = false;
    now().channels.forEach((_, channel) => {
      context.drawImage(drawingOf(model.get("layer"), channel), ...placeOf(channel));
    });
    const [x, y, wide, high] = placeOf(chosen);
    context.strokeStyle = colors.panel;
    context.lineWidth = 5;
    context.strokeRect(x + 1.5, y + 1.5, wide - 3, high - 3);
    context.strokeStyle = COLORS.miss;
    context.lineWidth = 3;
    context.strokeRect(x + 1.5, y + 1.5, wide - 3, high - 3);
  }

  function showTable() {
    setRows(
      table.body,
      layers.map(({ name, shape, num_channels, stride, receptive_field }, number) => ({
        cells: [
          name, shape.join(" × "), String(num_channels), `${stride} px`,
          `${receptive_field} px`,
        ],
        data: { stride, field: receptive_field },
        className: number === model.get("layer") ? "d2l-total" : "",
      })),
    );
  }

  function choose(row, column) {
    const [rows, columns] = now().shape;
    model.set("row", Math.min(rows - 1, Math.max(0, row)));
    model.set("column", Math.min(columns - 1, Math.max(0, column)));
    model.save_changes();
  }

  const point = (event) => {
    const [rows, columns] = now().shape;
    const box = event.currentTarget.querySelector("canvas").getBoundingClientRect();
    choose(
      nearestCell((event.clientY - box.top) / box.height, rows),
      nearestCell((event.clientX - box.left) / box.width, columns),
    );
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  for (const target of [imageFrame, mapFrame]) {
    target.addEventListener("pointermove", point);
    target.addEventListener("pointerdown", point);
    target.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      const [rows, columns] = steps[event.key];
      choose(model.get("row") + rows, model.get("column") + columns);
    });
  }
  overviewFrame.addEventListener("pointerdown", (event) => {
    const box = overview.canvas.getBoundingClientRect();
    const side = (overview.width + GAP) / COLUMNS;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const channel = Math.floor(y / side) * COLUMNS + Math.floor(x / side);
    if (channel >= now().channels.length) return;
    model.set("channel", channel + 1);
    model.save_changes();
  });

  const forget = onChange(model, ["layer", "channel", "row", "column"], redraw);
  return () => {
    forget();
    stop();
    for (const stage of [picture, map, overview]) stage.disconnect();
  };
}

// The pure functions are there for tests.
export default { initialize, render, fieldOf, activationAt };
