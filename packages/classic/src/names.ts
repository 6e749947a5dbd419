import { uuid, type WidgetView } from "@jupyter-widgets/base";
import { PlayView } from "@jupyter-widgets/controls";

/** Name the parts of a control that a screen reader could not tell apart: they have no text of their own. */
export function nameParts(view: WidgetView): void {
  if (view instanceof PlayView) namePlay(view);
  else if (view.el.querySelector(".noUi-target")) nameSlider(view);
}

/** The handles of a slider are called what the slider is called; the two of a range also by their end. */
function nameSlider(view: WidgetView): void {
  const name = () => {
    const label = view.el.querySelector("label.widget-label");
    if (!label) return;
    label.id ||= uuid();
    const handles = [...view.el.querySelectorAll<HTMLElement>(".noUi-handle")];
    for (const [index, handle] of handles.entries()) {
      const end = handles.length < 2 ? "" : index ? "to" : "from";
      handle.setAttribute("aria-label", [label.textContent, end].filter(Boolean).join(" ") || "value");
    }
    view.el.querySelector(".widget-readout")?.setAttribute("aria-labelledby", label.id);
  };
  name();
  // The slider is made anew when it is turned.
  view.listenTo(view.model, "change:description change:orientation", name);
}

function namePlay(view: PlayView): void {
  const name = () => {
    view.playPauseButton.setAttribute("aria-label", view.model.get("playing") ? "Pause" : "Play");
    view.stopButton.setAttribute("aria-label", "Stop");
    view.repeatButton.setAttribute("aria-label", "Repeat");
    view.repeatButton.setAttribute("aria-pressed", String(Boolean(view.model.get("repeat"))));
  };
  name();
  view.listenTo(view.model, "change:playing change:repeat", name);
}
