/** The pause between two attempts, and what a crash in it leaves: real files, real processes, SIGKILL. */
import { assertEquals, assertMatch } from "@std/assert";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";
import { CLI, denoCommand, type ProcessEnd, toProcessEnd } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

const TELL = ", observer: { event: ({ type }) => { if (type === 'retrying') console.log('pause'); } }";

/** A record of the journal as its file has it. */
interface Line {
  readonly at: string;
  readonly events: readonly { readonly type: string; readonly until?: string; readonly attempt?: number }[];
}

permittedTest("resume waits for what is left of a pause whose process was killed", ALL, () =>
  inFlowProgram(
    `t.do(add, "x").with({ retry: { delayMs: 4000, jitter: 0 } });`,
    async ({ program, make, remove, cli, folder, takeDone }) => {
      await make("fail-x");
      await killWhen(program(), "pause");
      await remove("fail-x");
      const { code, stderr } = await cli("resume", "--keep");
      assertEquals([code, await takeDone()], [0, ["+x"]], stderr);
      const records: readonly Line[] = JSON.parse(await Deno.readTextFile(`${folder}/j.json`));
      const [until] = records.flatMap(({ events }) => events.flatMap((event) => event.until ?? []));
      const again = records.find(({ events }) =>
        events.some(({ type, attempt }) => type === "started" && attempt === 2)
      );
      assertEquals((again?.at ?? "") >= (until ?? "never"), true, `attempt 2 at ${again?.at}, not before ${until}`);
    },
    TELL,
  ));

permittedTest("resume --now does not wait for the end of a pause", ALL, () =>
  inFlowProgram(
    `t.do(add, "x").with({ retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000, jitter: 0 } });`,
    async ({ program, make, remove, folder, takeDone }) => {
      await make("fail-x");
      await killWhen(program(), "pause");
      await remove("fail-x");
      const { code, stderr } = await endOf(folder, "resume", "--now");
      assertEquals([code, await takeDone()], [0, ["+x"]], stderr);
    },
    TELL,
  ));

permittedTest("rollback --now does not wait for the end of a pause between attempts to undo", ALL, () =>
  inFlowProgram(
    `t.do(add, "x").with({ undo: remove, retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000, jitter: 0 } });
     t.do(add, "y");`,
    async ({ program, make, remove, folder, takeDone }) => {
      await make("fail-y");
      await make("fail-undo-x");
      await killWhen(program(), "pause");
      await remove("fail-undo-x");
      const { code, stderr } = await endOf(folder, "rollback", "--now");
      assertEquals([code, await takeDone()], [0, ["+x", "-x"]], stderr);
      assertMatch(stderr, /^undone: /m);
    },
    `, onFailure: "rollback"${TELL}`,
  ));

/** Ends a process that waits for the hour. */
async function endOf(folder: string, ...words: readonly [string, ...string[]]): Promise<ProcessEnd> {
  const [command, ...flags] = words;
  const child = denoCommand(CLI, [command, "j.json", ...flags], { cwd: folder }).spawn();
  const patience = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const end = toProcessEnd(await child.output());
  clearTimeout(patience);
  return end;
}
