// What a reporter's phone runs, as one file: on one bar of signal every further file is a further second.
export { attach as outbox } from "./outbox/cards";
export { start } from "./outbox/dispatch";
export { attach as photos } from "./photo/form";
export { attach as report } from "./report/form";
export { attach as voice } from "./voice/voice";
