// What every island stands on. Always imported from here, so that it ends up in one file instead of four:
// on one bar of signal every further file is a further trip.
export * from "./changes";
export * from "./earth";
export * from "./parts";
export * from "./request";
export * from "./seen";
export * from "./texts";
