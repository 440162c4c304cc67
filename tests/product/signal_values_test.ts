/** Values of signals that a later step could not use, seen from outside. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { DecisionRefused, Transaction } from "../../mod.ts";
import { unchanged } from "../cli/written_journal.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";

const ALL = ["read", "write", "run"] as const;
const PLAN = `const word = t.waitFor("approval", { name: "ok" });
     t.do(tell, word.get("level"));
     t.do(tell, t.waitFor("approval").get("by"));`;

permittedTest(
  "signal refuses a value without a part that a later step takes, and a name that no wait can have",
  ALL,
  () =>
    inFlowProgram(PLAN, async ({ run, cli, folder }) => {
      await run();
      const journal = `${folder}/j.json`;
      const refusals = [
        [["approval", '{"by":"boss","lvl":2}'], ' step 2 needs its part "level"'],
        [["approval"], ' step 2 needs its part "level"'],
        [["a b", "1"], ' "a b"'],
      ] as const;
      for (const [words, why] of refusals) {
        const end = await unchanged(journal, () => cli("signal", ...words));
        assertEquals(end.code, 2, end.stderr);
        assertStringIncludes(end.stderr, why);
      }
      const send = () => Transaction.signal(journal, "approval", { lvl: 2 });
      await assertRejects(send, DecisionRefused, '"level"');
      assertEquals((await cli("signal", "approval", '{"level":2}')).code, 0);
      const second = await unchanged(journal, () => cli("signal", "approval", '{"level":3}'));
      assertStringIncludes(second.stderr, ' step 4 needs its part "by"');
      assertEquals((await cli("signal", "approval", '{"by":"ana"}')).code, 0);
      assertEquals((await cli("resume")).stdout, 'told 2\ntold "ana"\n');
    }),
);

permittedTest(
  "a signal that was wrong is got rid of with resume --only and rewind",
  ALL,
  () =>
    inFlowProgram(PLAN, async ({ run, cli }) => {
      await run();
      assertEquals((await cli("signal", "approval", '{"level":1}')).code, 0);
      assertEquals((await cli("resume", "--only", "ok")).stdout, "");
      assertEquals((await cli("rewind", "ok", "--yes")).code, 0);
      assertEquals((await cli("signal", "approval", '{"level":2}')).code, 0);
      assertEquals((await cli("resume")).stdout, "told 2\n");
    }),
);

permittedTest(
  "signal refuses a value that is left over and lacks a part that a wait of its name needs once it is rewound",
  ALL,
  () =>
    inFlowProgram(
      `const word = t.waitFor("approval", { name: "ok" });
       t.do(tell, word.get("level"));`,
      async ({ run, cli, folder }) => {
        await run();
        const journal = `${folder}/j.json`;
        const refuseWrong = async () => {
          const end = await unchanged(journal, () => cli("signal", "approval", "5"));
          assertEquals(end.code, 2, end.stderr);
          assertStringIncludes(end.stderr, ' step 2 needs its part "level"');
        };
        assertEquals((await cli("signal", "approval", '{"level":1}')).code, 0);
        await refuseWrong();
        assertEquals((await cli("resume", "--only", "ok")).code, 3);
        await refuseWrong();
        assertEquals((await cli("signal", "approval", '{"level":2}')).code, 0);
        assertEquals((await cli("rewind", "ok", "--yes")).code, 0);
        assertEquals((await cli("resume")).stdout, "told 2\n");
      },
    ),
);

permittedTest("skip and done of a wait say to send its signal", ALL, () =>
  inFlowProgram(PLAN, async ({ run, cli }) => {
    await run();
    assertMatch((await cli("skip", "ok")).stderr, /\bstep 2\b.*"approval"/);
    assertMatch((await cli("done", "ok", "--result", "1")).stderr, /^(?!.*\bstep 2\b).*"approval"/);
  }));
