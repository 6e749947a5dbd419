// What an anyhost page, kernel and server say to each other. Pure; no DOM.

export { fromBase64, toBase64 } from "./base64.ts";
export { putBuffers } from "./buffers.ts";
export { MessageTooLarge, ProtocolError, StreamBroken, UnknownMessage } from "./errors.ts";
export { putFloats } from "./floats.ts";
export { encodeCommand, FrameReader } from "./frames.ts";
export { type Method, type ModelState, TRANSITIONS } from "./lifecycle.gen.ts";
export { follow } from "./lifecycle.ts";
export * from "./messages.gen.ts";
export { notificationFromJson, type Parse, parseCommand, parseNotification } from "./parse.ts";
export { COMMANDS, REFERENCE_PREFIXES } from "./policy.gen.ts";
export { putContent, putState } from "./put.ts";
export { type Taken, takeContent, takeState } from "./take.ts";
export { bytesOf, kindOf, ownView } from "./values.ts";
