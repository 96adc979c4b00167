// What keys do to the pin, on the drawing and on the map alike.

const WITH_SHIFT = 5;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface Moves {
  /** By so many steps to the right and down. */
  move: (right: number, down: number) => void;
  closer: () => void;
  wider: () => void;
}

export function pinKey(event: KeyboardEvent, moves: Moves): void {
  const by = STEPS[event.key];
  const times = event.shiftKey ? WITH_SHIFT : 1;
  if (by !== undefined) moves.move(by[0] * times, by[1] * times);
  else if (event.key === "+" || event.key === "=") moves.closer();
  else if (event.key === "-") moves.wider();
  else return;
  event.preventDefault();
}
