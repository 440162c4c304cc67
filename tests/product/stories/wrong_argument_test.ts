import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function makeNumber(): number {
  return 7;
}
export function mail(address: string, order: { number: number; due: Date }, key: string): void {
  if (!address.endsWith("example.com")) throw new Error("no such domain: " + address);
  Deno.writeTextFileSync("sent", [address, order.number, order.due.toISOString(), key].join(" "));
}
`;
const PROGRAM = programOf(`
  const number = t.do(s.makeNumber);
  t.do(s.mail, "ana@exmaple.com", { number, due: new Date(0) }, env("MAIL_KEY")).with({ name: "mail" });
`);

story("stuck: the address has a typo", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  const options = { env: { MAIL_KEY: "k" } };
  await story.start({ code: 1, says: ["no such domain: ana@exmaple.com"] }, options);
  // A ref that leads nowhere is refused before anything is written.
  await story.type("ana", ["edit", "mail", "--args", '["ana@example.com", {"number": {"$ref": "3"}}]'], {
    code: 2,
    says: ["it would refer to step 3, and the plan has no such step"],
  });
  const args = [
    "ana@example.com",
    { number: { $ref: "1" }, due: { $date: "1970-01-01T00:00:00.000Z" } },
    { $env: "MAIL_KEY" },
  ];
  await story.write("args.json", JSON.stringify(args));
  await story.type("ana", ["edit", "mail", "--args", "@args.json", "--why", "typo in the domain"], {
    says: ['mail("ana@example.com", { number: state[1], due: Date("1970-01-01T00:00:00.000Z") }, env.MAIL_KEY)'],
  });
  await story.type("ana", ["resume"], { says: ["finished: 2 of 2 steps"] }, options);
  assertEquals(await story.read("sent"), "ana@example.com 7 1970-01-01T00:00:00.000Z k");
  await story.tells(
    "Transaction  finished",
    'state.mail = mail("ana@example.com"',
    "2 attempts",
    "attempt 1 failed after",
    "no such domain: ana@exmaple.com",
    "decided: edit by ana, TIME: typo in the domain",
  );
});
