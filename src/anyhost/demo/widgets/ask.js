const MARKUP = `
  <form>
    <label>A whole number <input type="number" inputmode="numeric" min="2" step="1" required value="600851475143" /></label>
    <button>Ask Python</button>
  </form>
  <output></output>
`;

const whole = new Intl.NumberFormat("en");
const milliseconds = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function describe({ number, factors, took, worked }) {
  const product = factors.map((factor) => whole.format(factor)).join(" × ");
  const fact =
    factors.length === 1 ? `${whole.format(number)} is prime.` : `${whole.format(number)} = ${product}`;
  return `${fact}\nThere and back in ${milliseconds.format(took)} ms, of which Python worked ${milliseconds.format(worked)} ms.`;
}

function render({ model, el, signal, experimental }) {
  const box = document.createElement("div");
  box.className = "demo-ask";
  box.innerHTML = MARKUP;
  el.append(box);
  const form = box.querySelector("form");
  const input = box.querySelector("input");
  const output = box.querySelector("output");
  let asked = new AbortController();

  function draw() {
    const answer = model.get("answer");
    if (!answer.factors) return;
    input.value = answer.number;
    output.textContent = describe(answer);
  }

  async function ask(number) {
    // A new question takes the place of one that has no answer yet.
    asked.abort();
    asked = new AbortController();
    const limit = AbortSignal.any([signal, asked.signal, AbortSignal.timeout(30_000)]);
    const started = performance.now();
    const [response] = await experimental.invoke("factorise", number, { signal: limit });
    const took = performance.now() - started;
    return { number, factors: response.factors, took, worked: response.milliseconds };
  }

  async function submit(event) {
    event.preventDefault();
    output.textContent = "Asking …";
    const asking = ask(input.valueAsNumber);
    const { signal: thisOne } = asked;
    try {
      model.set("answer", await asking);
      model.save_changes();
      draw();
    } catch (error) {
      if (!signal.aborted && !thisOne.aborted) output.textContent = `No answer: ${error.message}`;
    }
  }

  input.max = model.get("largest");
  form.addEventListener("submit", submit, { signal });
  model.on("change:answer", draw);
  draw();

  return () => {
    asked.abort();
    model.off("change:answer", draw);
  };
}

export default { render };
