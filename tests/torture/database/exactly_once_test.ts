import { assert } from "@std/assert";
import { postgresTests } from "../../support/postgres_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { tryExactlyOnce } from "./exactly_once.ts";

postgresTests()(
  "database steps and once() have one effect each, however often their processes are killed",
  async ({ locator }) => {
    const seed = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
    const kills = await tryExactlyOnce({ locator, seed, transfers: 2 });
    assert(kills > 0, `seed ${seed}: nothing was killed`);
  },
);
