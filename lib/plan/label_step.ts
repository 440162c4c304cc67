/** How messages name a step: its number, and its name or its function's. */
export function labelStep(id: string, name: string): string {
  return name === "" ? `step ${id}` : `step ${id} ${JSON.stringify(name)}`;
}
