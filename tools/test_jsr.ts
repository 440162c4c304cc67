/**
 * Runs the tests against the real `@std` packages from JSR instead of the stand-ins under `tests/std` (`deno task test:jsr`).
 * Further arguments go to `deno test`.
 */

/** Ignored by git. It must lie beside deno.json, because the paths in it are relative. */
const CONFIG = "deno.jsr.json";

/** Makes the configuration without the workspace, by whose members the stand-ins take the place of the real packages. */
export function makeJsrConfig(source: string): string {
  const config: unknown = JSON.parse(source);
  if (typeof config !== "object" || config === null || !("workspace" in config)) {
    throw new SyntaxError("Cannot make a configuration for JSR: deno.json has no workspace");
  }
  const { workspace, ...others } = config;
  return JSON.stringify({ ...others, exclude: workspace }, null, 2) + "\n";
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  await Deno.writeTextFile(new URL(CONFIG, root), makeJsrConfig(await Deno.readTextFile(new URL("deno.json", root))));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--config", CONFIG, ...Deno.args],
    cwd: root,
  }).spawn();
  Deno.exit((await child.status).code);
}
