import { assertEquals } from "@std/assert";
import { ProgressLine } from "../../lib/progress/progress_line.ts";
import { Screen } from "../support/terminal/screen.ts";

/** A terminal in memory, whose clock and ticks are the test's. */
function makeTerminal(height = 10) {
  const screen = new Screen(40, height);
  const state: {
    clock: number;
    written: number;
    tick?: (() => void) | undefined;
    around?: readonly [before: () => void, after: () => void] | undefined;
  } = { clock: 0, written: 0 };
  const terminal = {
    write: (text: string) => {
      state.written += 1;
      screen.write(text);
    },
    readColumns: () => 40,
    wantsColour: false,
    readClock: () => state.clock,
    every: (_ms: number, tick: () => void) => {
      state.tick = tick;
      return () => {
        state.tick = undefined;
      };
    },
    aroundWrites: (before: () => void, after: () => void) => {
      state.around = [before, after];
      return () => {
        state.around = undefined;
      };
    },
  };
  return { screen, state, terminal };
}

Deno.test("ProgressLine draws below the cursor, where it does not meet what steps write", () => {
  const { screen, state, terminal } = makeTerminal();
  const line = new ProgressLine(terminal, () => "1/3  copy()  0:01");
  screen.write("$ resume\r\n");
  line.start();
  assertEquals(screen.lines(), ["$ resume"]);
  state.tick?.();
  assertEquals(screen.lines(), ["$ resume", "", "1/3  copy()  0:01"]);
  screen.write("copied\r\n");
  assertEquals(screen.lines(), ["$ resume", "copied", "1/3  copy()  0:01"]);
  state.tick?.();
  assertEquals(screen.lines(), ["$ resume", "copied", "", "1/3  copy()  0:01"]);
  screen.write("half a ");
  state.tick?.();
  screen.write("line");
  assertEquals(screen.lines(), ["$ resume", "copied", "half a line", "1/3  copy()  0:01"]);
  line.stop();
  screen.write("\r\nfinished\r\n");
  assertEquals(screen.lines(), ["$ resume", "copied", "half a line", "finished"]);
  assertEquals([state.tick, state.around], [undefined, undefined]);
});

Deno.test("ProgressLine is not there while this process writes, and comes back soon", () => {
  const { screen, state, terminal } = makeTerminal();
  const line = new ProgressLine(terminal, () => "1/3  a line that is rather long");
  const write = (text: string) => {
    state.around?.[0]();
    screen.write(text);
    state.around?.[1]();
  };
  line.start();
  write("zero\r\n");
  assertEquals(screen.lines(), ["zero"]);
  state.tick?.();
  write("one\r\ntwo\r\nthree\r\n");
  assertEquals(screen.lines(), ["zero", "one", "two", "three"]);
  state.clock += 100;
  write("four\r\n");
  assertEquals(screen.lines(), ["zero", "one", "two", "three", "four", "", "1/3  a line that is rather long"]);
  write("five\r\nsix\r\n");
  line.stop();
  assertEquals(screen.lines(), ["zero", "one", "two", "three", "four", "five", "six"]);
});

Deno.test("ProgressLine may leave its end beside one of several lines that another process writes at once", () => {
  const { screen, state, terminal } = makeTerminal();
  const line = new ProgressLine(terminal, () => "1/3  a line that is rather long");
  line.start();
  state.tick?.();
  screen.write("one\r\ntwo\r\nthree\r\n");
  assertEquals(screen.lines(), ["one", "two  a line that is rather long", "three"]);
  state.tick?.();
  assertEquals(screen.lines().at(-1), "1/3  a line that is rather long");
  screen.write("four\r\n");
  line.stop();
  assertEquals(screen.lines().slice(2), ["three", "four"]);
});

Deno.test("ProgressLine makes room at the end of the screen, and scrolls no more than the steps do", () => {
  const { screen, state, terminal } = makeTerminal(4);
  const line = new ProgressLine(terminal, () => "progress");
  line.start();
  for (let number = 1; number <= 6; number += 1) {
    screen.write(`${number}\r\n`);
    state.tick?.();
    state.tick?.();
  }
  assertEquals(screen.lines(), ["5", "6", "", "progress"]);
  line.stop();
  screen.write("end");
  assertEquals(screen.lines().slice(-3), ["5", "6", "end"]);
});

Deno.test("ProgressLine is drawn anew when something happens, but not all the time", () => {
  const { screen, state, terminal } = makeTerminal();
  let text = "first";
  const line = new ProgressLine(terminal, () => text);
  line.start();
  line.start();
  line.update();
  assertEquals(state.written, 0);
  state.tick?.();
  text = "second";
  line.update();
  assertEquals(screen.lines(), ["", "first"]);
  state.clock += 100;
  line.update();
  assertEquals(screen.lines(), ["", "second"]);
  text = "";
  state.tick?.();
  assertEquals(screen.lines(), []);
});

Deno.test("ProgressLine writes nothing when it was never seen", () => {
  const { state, terminal } = makeTerminal();
  const line = new ProgressLine(terminal, () => "text");
  line.clear();
  line.start();
  line.clear();
  line.stop();
  assertEquals(state.written, 0);
});
