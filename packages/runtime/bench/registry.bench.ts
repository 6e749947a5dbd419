/** `make micro`: what a page does with what arrives, and with what a widget sets. */
import { bench, describe } from "vitest";
import { createRegistry } from "../tests/models.ts";
import { ack, code, opened, updated } from "../tests/wire.ts";

describe("registry", () => {
  // Mostly memory: of ten rounds, as by default, the quickest differs by a quarter from one time to the next.
  const rounds = { iterations: 40 };
  bench(
    "10,000 models open",
    () => {
      const { registry } = createRegistry();
      for (let number = 0; number < 10_000; number++) {
        registry.handle(opened(`m${number}`, { value: number, items: [1, 2, 3] }, { module: code("a") }));
      }
    },
    rounds,
  );

  const { registry } = createRegistry();
  registry.handle(opened("m", { value: 0 }));
  let value = 0;
  bench("an update arrives, and its listener is told", () => {
    registry.handle(updated("m", { value: ++value }));
  });
});

describe("a widget's writes", () => {
  const { registry } = createRegistry();
  registry.handle(opened("m", { value: 0, list: [] }));
  const model = registry.find("m");
  if (!model) throw new Error("no model");
  let heard = 0;
  let value = 0;
  let commands = 0;
  model.events.on("change:value", () => heard++, {});

  bench("set, tell, save, and the answer", () => {
    model.set({ value: ++value });
    model.save();
    registry.handleAck(ack("m", ++commands, "accepted"));
  });

  const list = Array.from({ length: 100_000 }, (_, index) => index / 7);
  bench("a list of 100,000 numbers is set to an equal one", () => {
    model.set({ list: [...list] });
  });
});
