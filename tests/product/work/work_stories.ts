import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { CLI, denoCommand, runCli, runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { Watched } from "../../support/watched_process.ts";
import { steps, Transaction } from "@x/resumable-tx";
import { enqueue, exitOnce, fail, hold, note, readLines } from "./work_steps.ts";

const STEPS = new URL("work_steps.ts", import.meta.url).pathname;

/** Where the transactions of one story are. */
export interface WorkPlace {
  /** What `work` gets. */
  readonly scope: string;
  /** The journal of a name. */
  readonly journal: (name: string) => string;
  readonly [Symbol.asyncDispose]?: () => Promise<void>;
}

/** Registers a test, and gives its body a new place. */
export type Register = (name: string, body: (place: WorkPlace, folder: string) => Promise<void>) => void;

/** Starts `work`. The log comes in JSON. */
function startWork({ scope }: WorkPlace, options: readonly string[] = []): Watched {
  const modules = scope.includes(":") ? ["--modules", STEPS] : [];
  const words = ["work", ...modules, "--json", "--processes=1", ...options, "--", scope];
  return new Watched(denoCommand(CLI, words, { stdin: "piped" }), "stderr");
}

interface LogLine {
  readonly kind: string;
  readonly journal?: string;
  readonly status?: string;
  readonly reason?: string;
}

function readLog(text: string): readonly LogLine[] {
  return text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** The processes that a supervisor has started, as the system names them. */
function childrenOf(supervisor: number): readonly number[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter((pid) => {
    try {
      return pid > 0 && Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(`--child=${supervisor}\0`);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

/** Registers the stories of `work` for one kind of store. */
export function workStories(kind: string, register: Register): void {
  const story: Register = (name, body) => register(`work, ${kind}: ${name}`, body);
  runStories(story);
  personStories(story);
  deathStories(story);
  moduleStories(story);
  endStories(story);
}

/** What is run, and when. */
function runStories(story: Register): void {
  story("--drain runs what is due, once each, and tells by its exit code what is left for a person", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    for (const name of ["a", "b"]) {
      await enqueue(place.journal(name), (t) => {
        t.do(note, effects, `${name}1`);
        t.do(note, effects, `${name}2`);
      });
    }
    const first = await startWork(place, ["--drain"]).end();
    assertEquals([first.code, [...readLines(effects)].sort()], [0, ["a1", "a2", "b1", "b2"]], first.stderr);
    await enqueue(place.journal("bad"), (t) => t.do(fail, "no mail server"));
    const second = await startWork(place, ["--drain"]).end();
    const ends = readLog(second.stderr).filter(({ kind }) => kind === "ended").map(({ status }) => status);
    assertEquals([second.code, ends, readLines(effects).length], [1, ["aborted"], 4], second.stderr);
    // What failed waits for a person.
    const third = await startWork(place, ["--drain"]).end();
    assertEquals([third.code, readLog(third.stderr).length], [0, 0], third.stderr);
  });

  story("runs what comes while it waits, and what has got its signal", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    const work = startWork(place);
    const queued = await enqueue(place.journal("order"), (t) => {
      t.do(note, effects, "reserved");
      t.waitFor("approval");
      t.do(note, effects, "shipped");
    });
    await work.written('"status":"waiting"');
    const { code, stderr } = await runCli(["signal", place.journal("order"), "approval", '"yes"']);
    assertEquals(code, 0, stderr);
    await queued.wait();
    assertEquals(readLines(effects), ["reserved", "shipped"]);
    work.signal("SIGTERM");
    const end = await work.end();
    assertEquals(end.code, 0, end.stderr);
  });
}

/** Where others may write, only modules are run that were named. */
export function trustStories(kind: string, register: Register): void {
  register(`work, ${kind}: of modules that were not named nothing is run, and that is told`, async (place, folder) => {
    const effects = `${folder}/effects`;
    const stranger = stepModule(`${folder}/strange.js`, "strange");
    await enqueueFrom(stranger, place.journal("home"), effects);
    const { make } = steps<{ make(path: string): void }>(toFileUrl(stranger).href);
    await enqueue(place.journal("step"), (t) => t.do(make, effects));
    const before = await Promise.all(["home", "step"].map((name) => Transaction.inspect(place.journal(name))));
    const work = startWork(place);
    await work.written('"untrusted"');
    const log = readLog(await work.written('"blocked"'));
    assertEquals(log.find((line) => line.kind === "blocked")?.journal?.endsWith("#step"), true);
    work.signal("SIGTERM");
    assertEquals((await work.end()).code, 0);
    const after = await Promise.all(["home", "step"].map((name) => Transaction.inspect(place.journal(name))));
    assertEquals(after, before);
    assertEquals(readLines(effects), []);
  });
}

/** What waits for a person, and what does not. */
function personStories(story: Register): void {
  story("what asks waits for a person, and continues when it is answered", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    const work = startWork(place);
    const queued = await enqueue(place.journal("order"), (t) => {
      t.do(exitOnce, effects, "mail");
      t.do(note, effects, "end");
    });
    await work.written('"status":"waiting"');
    assertEquals(readLines(effects), ["mail"]);
    const { code, stderr } = await runCli(["done", place.journal("order"), "1", "--why", "found it in the outbox"]);
    assertEquals(code, 0, stderr);
    await queued.wait();
    assertEquals(readLines(effects), ["mail", "end"]);
    work.signal("SIGTERM");
    assertEquals((await work.end()).code, 0);
  });

  story(
    "everything finishes, also after a reboot, except what needs a person, who is told of it once",
    async (place) => {
      await using folder = await makeTempFolder();
      const [effects, told] = [`${folder.path}/effects`, `${folder.path}/told`];
      const tell = `${folder.path}/tell.sh`;
      await Deno.writeTextFile(tell, `#!/bin/sh\ncat >> ${told}\n`, { mode: 0o700 });
      const options = ["--notify", tell, "--retry-failed=0"];
      const work = startWork(place, options);
      // A step that ends its process interrupts those beside it, too.
      const again = { interrupted: "retry" } as const;
      const jobs = [
        await enqueue(place.journal("approved"), (t) => {
          t.waitFor("approval");
          t.do(note, effects, "approved").with(again);
        }),
        await enqueue(
          place.journal("repeated"),
          (t) => t.do(exitOnce, effects, "repeated").with({ interrupted: "retry" }),
        ),
        await enqueue(place.journal("slept"), (t) => {
          t.sleep(3000);
          t.do(note, effects, "slept").with(again);
        }),
      ];
      await enqueue(place.journal("asks"), (t) => t.do(exitOnce, effects, "asks"));
      assertEquals((await runCli(["signal", place.journal("approved"), "approval"])).code, 0);
      await work.written('"kind":"notified"');
      const children = childrenOf(work.pid);
      for (const pid of [work.pid, ...children]) Deno.kill(pid, "SIGKILL");
      await work.end();
      const next = startWork(place, options);
      await next.written('"working"');
      await Promise.all(jobs.map(({ wait }) => wait()));
      next.signal("SIGTERM");
      const { code, stderr } = await next.end();
      assertEquals(code, 0, stderr);
      const words = readLines(effects);
      const repeatable = words.filter((word) => word !== "asks");
      assertEquals([...new Set(repeatable)].toSorted(), ["approved", "repeated", "slept"]);
      // Its process may have ended before its effect.
      assertEquals(words.length - repeatable.length <= 1, true);
      const messages = readLines(told).map((line) => JSON.parse(line));
      assertEquals(messages.map(({ status }) => status), ["waiting"], JSON.stringify(messages));
    },
  );
}

/** What a process that ends costs. */
function deathStories(story: Register): void {
  story("a step that ends its process costs a child, and its transaction continues in another one", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    const work = startWork(place);
    const queued = await enqueue(place.journal("order"), (t) => {
      t.do(exitOnce, effects, "mail").with({ interrupted: "retry" });
      t.do(note, effects, "end");
    });
    await queued.wait();
    assertEquals(readLines(effects), ["mail", "mail", "end"]);
    work.signal("SIGTERM");
    const end = await work.end();
    assertEquals(end.code, 0, end.stderr);
  });
}

/** A module of which one function makes what its text says. */
function stepModule(path: string, word: string): string {
  const lines = [
    `import { steps, Transaction } from "@x/resumable-tx";`,
    `export function make(path) { Deno.writeTextFileSync(path, "${word}\\n", { append: true }); }`,
    `export const enqueue = (journal, path) => Transaction.enqueue(import.meta, (t) => t.do(make, path), { journal });`,
  ];
  Deno.writeTextFileSync(path, lines.join("\n"));
  return path;
}

async function enqueueFrom(module: string, journal: string, effects: string): Promise<void> {
  const code = `const { enqueue } = await import(${JSON.stringify(toFileUrl(module))}); await enqueue(...Deno.args);`;
  const program = `data:text/javascript,${encodeURIComponent(code)}`;
  const { code: exit, stderr } = await runDeno(program, [journal, effects]);
  assertEquals(exit, 0, stderr);
}

/** Which code is run. */
function moduleStories(story: Register): void {
  story("a module that has changed is run by a new child, without an end of the work", async (place, folder) => {
    const effects = `${folder}/effects`;
    const module = stepModule(`${folder}/steps.js`, "old");
    const work = startWork(place, ["--modules", module]);
    await enqueueFrom(module, place.journal("a"), effects);
    await Transaction.wait(place.journal("a"));
    stepModule(module, "newer");
    await enqueueFrom(module, place.journal("b"), effects);
    await Transaction.wait(place.journal("b"));
    assertEquals(readLines(effects), ["old", "newer"]);
    work.signal("SIGTERM");
    assertEquals((await work.end()).code, 0);
  });

  story("a transaction whose module is missing is left as it is, and reported once", async (place, folder) => {
    const effects = `${folder}/effects`;
    const module = stepModule(`${folder}/steps.js`, "made");
    await enqueueFrom(module, place.journal("a"), effects);
    Deno.removeSync(module);
    const { code, stderr } = await startWork(place, ["--modules", module, "--drain"]).end();
    const log = readLog(stderr);
    assertEquals([code, log.map(({ kind }) => kind)], [0, ["blocked"]], stderr);
    const { status, runs } = await Transaction.inspect(place.journal("a"));
    assertEquals([status, runs.length], ["pending", 1]);
    stepModule(module, "made");
    assertEquals((await startWork(place, ["--modules", module, "--drain"]).end()).code, 0);
    assertEquals(readLines(effects), ["made"]);
  });
}

/** How it ends. */
function endStories(story: Register): void {
  story("SIGTERM lets the running step end, and leaves the rest for the next one", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    const work = startWork(place);
    await enqueue(place.journal("order"), (t) => {
      t.do(hold, effects, "held");
      t.do(note, effects, "end");
    });
    await work.written("held");
    work.signal("SIGTERM");
    const end = await work.end();
    assertEquals([end.code, readLines(effects)], [0, ["held"]], end.stderr);
    const next = await startWork(place, ["--drain"]).end();
    assertEquals([next.code, readLines(effects)], [0, ["held", "end"]], next.stderr);
  });

  story("a child ends when the process that has started it is killed, and nothing is lost", async (place) => {
    await using folder = await makeTempFolder();
    const effects = `${folder.path}/effects`;
    const work = startWork(place);
    await enqueue(place.journal("order"), (t) => {
      t.do(hold, effects, "held").with({ interrupted: "retry" });
      t.do(note, effects, "end");
    });
    await work.written("held");
    work.signal("SIGKILL");
    const next = startWork(place);
    await Transaction.wait(place.journal("order"));
    next.signal("SIGTERM");
    await next.end();
    await work.end();
    assertEquals(readLines(effects).at(-1), "end");
    assertEquals(readLines(effects).filter((word) => word === "end").length, 1);
  });
}
