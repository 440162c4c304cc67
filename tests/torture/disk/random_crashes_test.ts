import { assert } from "@std/assert";
import { fullOrBrief, testSetting } from "../../support/test_setting.ts";
import { exploreRandomCrashes } from "./random_crashes.ts";

const SEED = testSetting("TEST_SEED", 1);
const IMAGES = fullOrBrief(10_000, 500);

Deno.test("JournalFile keeps what it acknowledged in lives drawn by chance", async (test) => {
  const { scripts, images } = exploreRandomCrashes(SEED, (count) => count >= IMAGES);
  await test.step(`${images} images of ${scripts} journals, seed ${SEED}`, () => assert(images >= IMAGES));
});
