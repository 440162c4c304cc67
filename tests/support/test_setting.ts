/** A number that the environment may set for a longer or another run of a test; the fallback where it may not be asked. */
export function testSetting(name: string, fallback: number): number {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  const text = permission.state === "granted" ? Deno.env.get(name) : undefined;
  return text === undefined ? fallback : Number(text);
}

/**
 * Chooses how far a test explores. A run without permissions, a bare `deno test`, shows that no test asks for one or fails
 * for want of one: a brief form of each is enough for that. The gate runs the full form with all permissions beside it.
 */
export function fullOrBrief<T>(full: T, brief: T): T {
  return Deno.permissions.querySync({ name: "read" }).state === "granted" ? full : brief;
}
