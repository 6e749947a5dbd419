import { AnyView } from "@anyhost/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [shown, setShown] = useState(true);
  const [names, setNames] = useState(["counter", "votes"]);
  return (
    <main>
      <h1>Counters in React</h1>
      <button onClick={() => setShown(!shown)}>{shown ? "Hide" : "Show"}</button>
      <button onClick={() => setNames(names.toReversed())}>Swap</button>
      {shown && names.map((name) => <AnyView key={name} name={name} />)}
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
