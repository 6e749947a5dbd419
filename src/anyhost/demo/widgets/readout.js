function render({ model, el }) {
  const box = document.createElement("div");
  const label = document.createElement("span");
  const text = document.createElement("output");
  box.className = "demo-readout";
  box.append(label, text);
  el.append(box);

  function draw() {
    label.textContent = model.get("label");
    text.textContent = model.get("text");
    text.ariaLabel = `${model.get("label")}: ${model.get("text")}`;
  }

  model.on("change:label", draw);
  model.on("change:text", draw);
  draw();

  return () => {
    model.off("change:label", draw);
    model.off("change:text", draw);
  };
}

export default { render };
