import { Session } from "../../lib/run/session/session.ts";
import type { State } from "../../lib/state/state.ts";

/**
 * Watches all sessions of this process, since a run does not show its state.
 *
 * @param onDurable Is called with what a session takes for true when all that it has added is durable.
 * @returns Ends the watch when it is disposed of.
 */
export function watchSessions(onDurable: (state: State) => void): Disposable {
  const { adopt, commit } = Session.prototype;
  const open = new WeakMap<Session, number>();
  Session.prototype.adopt = function (events) {
    adopt.call(this, events);
    onDurable(this.state);
  };
  Session.prototype.commit = async function (options) {
    open.set(this, (open.get(this) ?? 0) + 1);
    await commit.call(this, options);
    const left = (open.get(this) ?? 1) - 1;
    open.set(this, left);
    // The late end of a step may be on its way beside what the run writes.
    if (left === 0) onDurable(this.state);
  };
  return { [Symbol.dispose]: () => void Object.assign(Session.prototype, { adopt, commit }) };
}
