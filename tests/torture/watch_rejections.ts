/**
 * Watches for rejected promises without a handler: each would end a process.
 *
 * @param onRejected Is called with what was thrown.
 * @returns Ends the watch when it is disposed of.
 */
export function watchRejections(onRejected: (reason: unknown) => void): Disposable {
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    onRejected(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  return { [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", listener) };
}
