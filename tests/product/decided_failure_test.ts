/** What is shown of a failure when somebody has decided about it, and how to start anew when a transaction is over. */
import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";

const ALL = ["read", "write", "run"] as const;
const PLAN = `t.do(add, "a").with({ name: "a", undo: remove });
     t.do(add, "b").with({ name: "b" });`;

interface Shown {
  readonly status: string;
  readonly error: boolean;
  readonly ms: number;
  readonly next: string;
}

for (
  const [words, status] of [
    [["done", "b", "--result", '"b"'], "interrupted"],
    [["skip", "b"], "interrupted"],
    [["retry", "b"], "interrupted"],
    [["edit", "b", "--args", '["c"]'], "aborted"],
  ] as const
) {
  permittedTest(
    `after ${words[0]}, the failure of a step is shown only if it still is the reason`,
    ALL,
    () =>
      inFlowProgram(PLAN, async ({ make, run, cli }) => {
        const show = async (): Promise<Shown> => {
          const { status, aborted, ms, next } = JSON.parse((await cli("inspect", "--json")).stdout);
          const [first] = JSON.parse((await cli("list", "--json")).stdout);
          assertEquals([first.status, first.reason !== undefined], [status, aborted !== undefined]);
          return { status, error: aborted !== undefined, ms, next: next[0].when };
        };
        await make("fail-b");
        assertEquals((await run()).code, 1);
        const before = await show();
        assertEquals([before.status, before.error], ["aborted", true]);
        assertEquals((await cli(words[0], ...words.slice(1))).code, 0);
        const after = await show();
        assertEquals([after.status, after.error], [status, status === "aborted"]);
        assertEquals(after.ms, before.ms, "a decision is no part of the run");
        assertEquals(after.next, status === "aborted" ? before.next : "Run the rest");
        if (words[0] !== "edit") {
          assertEquals((await cli("undecide", "b")).code, 0);
          assertEquals(await show(), before);
        }
      }),
  );
}

for (const [command, status] of [["cancel", "cancelled"], ["rollback", "undone"]] as const) {
  permittedTest(
    `a program with ifExists: "resume" says how to start anew after ${command}`,
    ALL,
    () =>
      inFlowProgram(PLAN, async ({ make, remove, run, cli, statuses, folder }) => {
        await make("fail-b");
        await run();
        await remove("fail-b");
        assertEquals((await cli(command)).code, 0);
        assertEquals((await statuses())[""], status);
        const before = await Deno.readFile(`${folder}/j.json`);
        const closed = await run();
        const [, typed = ""] = /cli (prune \S+ --cancelled --undone)/.exec(closed.stderr) ?? [];
        assertEquals([closed.code, typed], [1, `prune ${folder}/ --cancelled --undone`], closed.stderr);
        assertEquals(await Deno.readFile(`${folder}/j.json`), before);
        assertEquals((await cli("prune", "--cancelled", "--undone")).code, 2, "it takes a folder");
        await Deno.remove(`${folder}/j.json`);
        assertEquals((await run()).code, 0);
      }, ', ifExists: "resume"'),
  );
}

permittedTest(
  "rewind names the skipped steps that will run, and notes say that the skip no longer counts",
  ALL,
  () =>
    inFlowProgram(PLAN, async ({ make, remove, run, cli, takeDone, folder }) => {
      await make("fail-b");
      await run();
      await remove("fail-b");
      assertEquals((await cli("skip", "b", "--why", "not now")).code, 0);
      const before = await Deno.readFile(`${folder}/j.json`);
      const asked = await cli("rewind", "b");
      assertEquals([asked.code, /^ {2}2 .*skipped$/m.test(asked.stderr)], [2, true], asked.stderr);
      assertEquals(await Deno.readFile(`${folder}/j.json`), before);
      assertEquals((await cli("rewind", "b", "--yes")).code, 0);
      const { steps: [, step] } = JSON.parse((await cli("inspect", "--json")).stdout);
      assertEquals(step.decisions.map((decision: { decision: string; rewound?: true }) => decision.rewound), [
        true,
        undefined,
      ]);
      for (const words of [[], ["--step", "b"]]) {
        assertEquals((await cli("inspect", ...words)).stdout.match(/no longer counts/g)?.length, 1, words[0]);
      }
      await takeDone();
      assertEquals([(await cli("resume")).code, await takeDone()], [0, ["+b"]]);
    }),
);

permittedTest(
  "a program whose plan has changed says how to start anew, too, if the transaction before is over",
  ALL,
  () =>
    inFlowProgram(PLAN, async ({ make, run, cli, folder }) => {
      await make("fail-b");
      await run();
      assertEquals((await cli("cancel")).code, 0);
      const program = `${folder}/program.ts`;
      await Deno.writeTextFile(program, (await Deno.readTextFile(program)).replace('add, "b"', 'tell, "b"'));
      const differs = await run();
      const isTyped = /PlanDiffers[^]*cli prune \S+ --cancelled --undone/.test(differs.stderr);
      assertEquals([differs.code, isTyped], [1, true], differs.stderr);
    }, ', ifExists: "resume"'),
);
