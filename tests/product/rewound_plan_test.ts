/** A step that had returned a plan and was rewound, seen from outside. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";

permittedTest("inspect speaks of no plan of a step that was rewound", ["read", "write", "run"], () =>
  inFlowProgram(
    `t.do(addEach, ["a", "b"]).with({ name: "each" });
     t.do(add, "last");`,
    async ({ make, run, cli }) => {
      await make("fail-last");
      await run();
      assertStringIncludes((await cli("inspect")).stdout, "→ a plan: 2 finished");
      assertEquals((await cli("rewind", "each", "--yes")).code, 0);
      const { stdout } = await cli("inspect");
      assertStringIncludes(stdout, "steps 1, 1.1, 1.2 ");
      assertEquals(stdout.includes("→ a plan"), false, stdout);
    },
  ));
