/** Groups, sleeps and waits for signals, seen from outside: real files, real processes, SIGKILL. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";
import type { ProcessEnd } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

permittedTest("a group that is killed leaves several steps unknown, and resume asks for each", ALL, () =>
  inFlowProgram(
    `t.parallel((p) => { for (const text of ["a", "b", "c"]) p.do(add, text); }, { limit: 2 });`,
    async ({ make, remove, program, cli, takeDone, statuses }) => {
      await make("hang-a");
      await make("hang-b");
      await killWhen(program(), "did b");
      assertEquals((await takeDone()).toSorted(), ["+a", "+b"]);
      assertEquals(await statuses(), { "": "interrupted", "1.1": "unknown", "1.2": "unknown", "1.3": "pending" });
      await remove("hang-a");
      await remove("hang-b");
      const asked = await cli("resume");
      assertEquals(asked.code, 3);
      for (const step of ["1.1", "1.2"]) {
        for (const word of ["--retry", "--done", "--skip"]) assertStringIncludes(asked.stderr, `${word} ${step}\n`);
      }
      const one = await cli("resume", "--done", "1.1");
      assertEquals([one.code, one.stderr.includes("--done 1.1"), one.stderr.includes("--done 1.2")], [3, false, true]);
      const end = await cli("resume", "--retry", "1.2");
      assertEquals(end.code, 0, end.stderr);
      assertEquals((await takeDone()).toSorted(), ["+b", "+c"]);
    },
  ));

permittedTest(
  "a wrong signal is found out before another one is sent behind it, and taken back",
  ALL,
  () =>
    inFlowProgram(
      `const approval = t.waitFor<{ by: string }>("approval");
     t.do(tell, approval.get("by"));`,
      async ({ run, cli }) => {
        await run();
        assertEquals((await cli("signal", "approval", '{"by":"eve"}')).stderr.startsWith("warning: "), false);
        const second = await cli("signal", "approval", '{"by":"ana"}');
        assertMatch(second.stderr, /^warning: .*\bStep 1\b/);
        const refused = await cli("undecide", "1");
        assertEquals(refused.code, 2);
        const ways = [/\/cli (resume) \S+ (--only 1)\n/, /\/cli (rewind) \S+ (1)\n/].map((way) =>
          way.exec(second.stderr)
        );
        for (const way of ways) {
          assertStringIncludes(refused.stderr, `${way?.[1]} ${way?.[2]}`);
          await cli(way?.[1] ?? "", ...(way?.[2] ?? "").split(" "), ...(way?.[1] === "rewind" ? ["--yes"] : []));
        }
        assertEquals((await cli("resume")).stdout, 'told "ana"\n');
      },
    ),
);

permittedTest("an approval is waited for, sent, and used", ALL, () =>
  inFlowProgram(
    `t.do(add, "order");
     const approval = t.waitFor<{ by: string }>("approval");
     t.do(tell, approval.get("by"));`,
    async ({ run, cli, statuses, folder }) => {
      const started = await run();
      assertEquals([started.code, started.stdout], [1, "did order\n"]);
      assertMatch(started.stderr, /TransactionPaused: Step 2 .*"approval"/);
      const before = await Deno.readFile(`${folder}/j.json`);
      const waiting = await cli("resume");
      assertEquals([waiting.code, waiting.stdout], [3, ""]);
      assertStringIncludes(waiting.stderr, "signal " + folder);
      assertEquals(await Deno.readFile(`${folder}/j.json`), before);
      const slip = await cli("signal", "aproval", '"no"');
      assertEquals(slip.code, 0);
      assertMatch(slip.stderr, /^warning: .*"aproval".*"approval"\n/);
      const sent = await cli("signal", "approval", '{"by":"ana"}', "--by", "ben");
      assertEquals([sent.code, sent.stdout], [0, ""]);
      assertMatch(sent.stderr, /^(?!warning).*"approval".*\n {2}deno run -A \S+ resume \S+j\.json\n$/);
      assertEquals((await statuses())[""], "waiting");
      const end = await cli("resume");
      assertEquals([end.code, end.stdout], [0, 'told "ana"\n']);
    },
  ));

permittedTest(
  "signal reads a file, and refuses what is no JSON, and journals that are not there or over",
  ALL,
  () =>
    inFlowProgram(
      `t.do(tell, t.waitFor("word"));`,
      async ({ run, cli, folder }) => {
        await run();
        const broken = await cli("signal", "word", "yes");
        assertEquals([broken.code, broken.stderr.includes('"yes": at line 1, ')], [2, true], broken.stderr);
        await Deno.writeTextFile(`${folder}/word.json`, '["from", "a file"]');
        assertEquals((await cli("signal", "word", "@word.json")).code, 0);
        assertEquals((await cli("resume", "--keep")).stdout, 'told ["from","a file"]\n');
        const late = await cli("signal", "word", "1");
        assertEquals(late.code, 2);
        await Deno.remove(`${folder}/j.json`);
        assertEquals((await cli("signal", "word", "1")).code, 66);
      },
    ),
);

permittedTest(
  "a sleep keeps its end when the process is killed, and the command line does not wait an hour",
  ALL,
  () =>
    inFlowProgram(
      `t.do(add, "before"); t.sleep(3_600_000); t.do(add, "after");`,
      async ({ program, cli, statuses, takeDone }) => {
        await killWhen(program(), "asleep");
        const due = dueOf(await cli("inspect", "--json"));
        assertEquals(await statuses(), { "": "waiting", "1": "finished", "2": "waiting", "3": "pending" });
        const early = await cli("resume");
        assertEquals([early.code, early.stdout], [3, ""]);
        assertStringIncludes(early.stderr, due.replace("T", " ").replace("Z", " UTC"));
        assertEquals(dueOf(await cli("inspect", "--json")), due, "it has not become longer");
        assertEquals((await cli("resume", "--skip", "2")).code, 0);
        assertEquals(await takeDone(), ["+before", "+after"]);
      },
      ', observer: { event: ({ type }) => { if (type === "waiting") console.log("asleep"); } }',
    ),
);

function dueOf({ stdout }: ProcessEnd): string {
  return JSON.parse(stdout).steps[1].dueAt;
}
