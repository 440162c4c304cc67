import { Session } from "../../lib/run/session.ts";
import type { State } from "../../lib/state/state.ts";

/**
 * Watches the sessions of this process, whoever makes them: a run shows its state to nobody.
 *
 * @param onDurable Is called with what a session takes for true when all that it has added is durable.
 * @returns Ends the watch when it is disposed of.
 */
export function watchSessions(onDurable: (state: State) => void): Disposable {
  const { adopt, commit } = Session.prototype;
  Session.prototype.adopt = function (events) {
    adopt.call(this, events);
    onDurable(this.state);
  };
  Session.prototype.commit = async function (options) {
    await commit.call(this, options);
    onDurable(this.state);
  };
  return { [Symbol.dispose]: () => void Object.assign(Session.prototype, { adopt, commit }) };
}
