import { LoadedFunctions } from "../../lib/run/call/loaded_functions.ts";
import { RunTrace } from "../../lib/run/trace/run_trace.ts";
import type { MachineWorld } from "./machine/machine_world.ts";

/**
 * Has whoever loads something in a run pass the world's gate: the functions of a plan that was returned, which others may be
 * let go before, and a step that is about to return a plan, which has to be in the gate already under its id.
 *
 * @returns Ends the watch when it is disposed of.
 */
export function watchLoads(world: MachineWorld): Disposable {
  const { announce } = LoadedFunctions.prototype;
  const { attempt } = RunTrace.prototype;
  LoadedFunctions.prototype.announce = function (names, known) {
    const load = announce.call(this, names, known);
    return async () => {
      await world.giveWay(world.below(3));
      await world.gate.enter(load);
      try {
        await load();
      } finally {
        world.gate.leave(load);
      }
    };
  };
  RunTrace.prototype.attempt = function (traced) {
    const trace = attempt.call(this, traced);
    return {
      within: (work) => trace.within(work),
      end: (outcome, error) => {
        world.gate.leave(traced.step);
        trace.end(outcome, error);
      },
    };
  };
  return {
    [Symbol.dispose]: () => {
      LoadedFunctions.prototype.announce = announce;
      RunTrace.prototype.attempt = attempt;
    },
  };
}
