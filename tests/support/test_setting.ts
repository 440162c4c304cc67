/** A number that the environment may set for a longer or another run of a test; the fallback where it may not be asked. */
export function testSetting(name: string, fallback: number): number {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  const text = permission.state === "granted" ? Deno.env.get(name) : undefined;
  return text === undefined ? fallback : Number(text);
}
