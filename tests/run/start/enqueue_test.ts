import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { QUEUE_CASES } from "./queue_cases.ts";

const PERMISSIONS = ["read", "write", "run", "env", "sys", "net"] as const;

for (const { name, run } of QUEUE_CASES) {
  permittedTest(`enqueue() in a folder: ${name}`, PERMISSIONS, async () => {
    await using folder = await makeTempFolder();
    await run({
      at: (name) => `${folder.path}/${name}.json`,
      scope: folder.path,
      losesValues: false,
      moments: [0, 1, 2, 3, 4, 5, 6],
    });
  });
  permittedTest(`enqueue() in SQLite: ${name}`, PERMISSIONS, async () => {
    await using folder = await makeTempFolder();
    const scope = `sqlite:${folder.path}/tx.db`;
    await run({ at: (name) => `${scope}#${name}`, scope, losesValues: true, moments: [1, 3, 4] });
  });
}
