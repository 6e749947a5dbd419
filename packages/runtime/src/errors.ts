/** The kernel is gone, and with it the Python side of every widget. */
export class KernelLost extends Error {
  override readonly name = "KernelLost";
}

/** What a callback in Python raised while it handled a write or a message: `type: words`. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** The model that this was asked of has closed. */
export class ModelClosed extends Error {
  override readonly name = "ModelClosed";
}

/** The connection lost messages of this model; whoever waits for an answer would wait for ever. */
export class MessagesLost extends Error {
  override readonly name = "MessagesLost";
}
