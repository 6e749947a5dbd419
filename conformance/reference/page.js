// The reference's page: Jupyter's widget manager, with anywidget's front end as it is published in its
// wheel, and a websocket to kernel.py in the place of Jupyter's kernel connection.

import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import style from "@jupyter-widgets/controls/css/widgets-base.css?inline";
import { Widget } from "@lumino/widgets";

/**
 * A kernel connection: messages each way, and the callbacks that wait for a message to be dealt with.
 *
 * Messages are handled one after the other, each when the promise of the one before has settled: so does
 * JupyterLab's (`_msgChain` in @jupyterlab/services), and so widgets see the order of what Python sends.
 */
class Kernel {
  #socket;
  #serial = 0;
  #callbacks = new Map();
  #partial = null;
  #chain = Promise.resolve();
  #prefix = crypto.randomUUID();
  comms = new Map();
  opened = () => {};

  constructor(address) {
    this.#socket = new WebSocket(address);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => this.#receive(data);
  }

  get ready() {
    return new Promise((resolve) => {
      this.#socket.onopen = () => resolve();
    });
  }

  send(msg_type, content, metadata = {}, buffers = [], callbacks = undefined) {
    const msg_id = `${this.#prefix}-${++this.#serial}`;
    if (callbacks) this.#callbacks.set(msg_id, callbacks);
    this.#socket.send(JSON.stringify({ msg_id, msg_type, content, metadata, buffers: buffers.length }));
    // As JupyterLab's serializer does: of a view, the whole of the memory below it.
    for (const buffer of buffers) this.#socket.send(ArrayBuffer.isView(buffer) ? buffer.buffer : buffer);
    return msg_id;
  }

  #receive(data) {
    if (typeof data === "string") {
      const message = JSON.parse(data);
      this.#partial = { message, missing: message.buffers, buffers: [] };
    } else {
      this.#partial.buffers.push(new DataView(data));
      this.#partial.missing--;
    }
    if (this.#partial.missing > 0) return;
    const { message, buffers } = this.#partial;
    const whole = { ...message, buffers, parent_header: { msg_id: message.parent } };
    this.#chain = this.#chain.then(() => this.#dispatch(whole)).catch((error) => console.error(error));
  }

  async #dispatch(message) {
    const { msg_type, content } = message;
    if (msg_type === "status") {
      this.#callbacks.get(message.parent)?.iopub?.status?.(message);
      this.#callbacks.delete(message.parent);
    } else if (msg_type === "comm_open") {
      await this.opened(new Comm(this, content.target_name, content.comm_id), message);
    } else if (msg_type === "comm_close") {
      await this.comms.get(content.comm_id)?.closed(message);
      this.comms.delete(content.comm_id);
    } else {
      await this.comms.get(content.comm_id)?.received(message);
    }
  }
}

/** What a widget manager calls an `IClassicComm`. */
class Comm {
  received = () => {};
  closed = () => {};

  constructor(kernel, target_name, comm_id) {
    Object.assign(this, { kernel, target_name, comm_id });
    kernel.comms.set(comm_id, this);
  }

  open(data, callbacks, metadata, buffers) {
    const content = { comm_id: this.comm_id, target_name: this.target_name, data };
    return this.kernel.send("comm_open", content, metadata, buffers, callbacks);
  }

  send(data, callbacks, metadata, buffers) {
    return this.kernel.send("comm_msg", { comm_id: this.comm_id, data }, metadata, buffers, callbacks);
  }

  close(data = {}, callbacks = undefined, metadata = {}, buffers = []) {
    this.kernel.comms.delete(this.comm_id);
    return this.kernel.send("comm_close", { comm_id: this.comm_id, data }, metadata, buffers, callbacks);
  }

  on_msg(callback) {
    this.received = callback;
  }

  on_close(callback) {
    this.closed = callback;
  }
}

class Manager extends ManagerBase {
  constructor(kernel) {
    super();
    this.kernel = kernel;
    kernel.opened = (comm, message) => this.handle_comm_open(comm, message);
  }

  async loadClass(className, moduleName) {
    const known = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls };
    const module = known[moduleName] ?? (await frontEnd(moduleName));
    if (!module?.[className]) throw new Error(`${className} is not in ${moduleName}`);
    return module[className];
  }

  async _create_comm(target, id, data, metadata, buffers) {
    const comm = new Comm(this.kernel, target, id);
    if (data || metadata) comm.open(data, undefined, metadata, buffers);
    return comm;
  }

  async _get_comm_info() {
    return {};
  }

  load() {
    return this._loadFromKernel();
  }
}

/** The AMD module in anywidget's wheel. */
async function frontEnd(name) {
  if (name !== "anywidget") throw new Error(`there is no front end for ${name}`);
  frontEnd.loaded ??= new Promise((resolve, reject) => {
    globalThis.define = (_dependencies, factory) => resolve(factory(base));
    const script = document.createElement("script");
    script.onerror = reject;
    script.src = "anywidget.js";
    document.head.append(script);
  });
  return frontEnd.loaded;
}

document.head.append(Object.assign(document.createElement("style"), { textContent: style }));

const views = new WeakMap();
globalThis.conformance.host = {
  async show(modelId, slot) {
    const model = await manager.get_model(modelId);
    const view = await manager.create_view(model);
    views.set(slot, view);
    Widget.attach(view.luminoWidget, slot);
  },
  remove(slot) {
    views.get(slot).luminoWidget.dispose();
  },
};

const kernel = new Kernel(new URL("kernel", location.href.replace(/^http/, "ws")));
const manager = new Manager(kernel);
await kernel.ready;
await manager.load();
