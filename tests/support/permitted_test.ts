/** The permissions that a test can ask for: the names of Deno's own permission flags. */
export type TestPermission = "read" | "write" | "run" | "env" | "net" | "sys" | "ffi" | "import";

/**
 * Registers a test that needs permissions. Where one of them isn't granted without a restriction, the test is reported as
 * ignored, with the reason in its name, so that a bare `deno test` neither prompts nor fails.
 */
export function permittedTest(
  name: string,
  permissions: readonly TestPermission[],
  body: (test: Deno.TestContext) => void | Promise<void>,
): void {
  const missing = permissions.filter((permission) =>
    Deno.permissions.querySync({ name: permission }).state !== "granted"
  );
  if (missing.length === 0) {
    Deno.test(name, body);
    return;
  }
  const flags = missing.map((permission) => `--allow-${permission}`).join(" ");
  Deno.test({ name: `${name} [ignored: needs ${flags}]`, ignore: true, fn: body });
}
