/** Fails unless the variable names it. */
function fail(name: string): void {
  if (Deno.env.get("RETRIED_STEPS") !== name) throw new Error(`${name} fails`);
}

export function prepare(): void {
  fail("prepare");
}

export function work(): void {
  fail("work");
}

export function nothing(): void {}
