// Shows the widgets whose state a page holds: a manager of Jupyter widgets that knows
// those the explorers are made of, and asks no other host for any.
import "@jupyter-widgets/controls/css/widgets.css";
import "@lumino/widgets/style/widget.css";

import anywidget from "anywidget";
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as bool from "@jupyter-widgets/controls/lib/widget_bool";
import * as box from "@jupyter-widgets/controls/lib/widget_box";
import * as description from "@jupyter-widgets/controls/lib/widget_description";
import * as float from "@jupyter-widgets/controls/lib/widget_float";
import * as int from "@jupyter-widgets/controls/lib/widget_int";
import * as link from "@jupyter-widgets/controls/lib/widget_link";
import * as selection from "@jupyter-widgets/controls/lib/widget_selection";
import * as string from "@jupyter-widgets/controls/lib/widget_string";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

const STATE = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";
const controls = [bool, box, description, float, int, link, selection, string];
const MODULES = {
  anywidget: anywidget(base),
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": Object.assign({}, ...controls),
};

class PageManager extends ManagerBase {
  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`${name} of ${module} is not in tools/page/widgets.js`);
    return found;
  }

  // No kernel is there to talk to
  async _get_comm_info() {
    return {};
  }

  async _create_comm() {
    throw new Error("no kernel");
  }

  // Descriptions are our own, without any markup
  async inline_sanitize(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element.innerHTML;
  }
}

/** Find the empty place before a script that asks for a view, or make it. */
function placeOf(script) {
  const kept = script.previousElementSibling;
  if (kept?.matches(".widget-subarea:empty")) return kept;
  const place = document.createElement("div");
  place.className = "widget-subarea";
  script.before(place);
  return place;
}

/** Show a widget's view in its place. */
async function show(manager, script, views) {
  const place = placeOf(script);
  const { model_id: id } = JSON.parse(script.textContent);
  const view = await manager.create_view(await manager.get_model(id));
  Widget.attach(view.luminoWidget, place);
  views.push(view);
}

async function showAll() {
  const state = document.querySelector(`script[type="${STATE}"]`);
  if (!state) return;
  const manager = new PageManager();
  await manager.set_state(JSON.parse(state.textContent));
  const views = [];
  window.addEventListener("resize", () => {
    for (const { luminoWidget } of views) {
      MessageLoop.postMessage(luminoWidget, Widget.ResizeMessage.UnknownSize);
    }
  });
  const scripts = document.querySelectorAll(`script[type="${VIEW}"]`);
  await Promise.all([...scripts].map((s) => show(manager, s, views)));
}

showAll();
