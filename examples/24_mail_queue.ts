/**
 * A queue of mails with a limit: two may be sent in a second, by all workers on all machines together.
 *
 * ```sh
 * deno run -A examples/24_mail_queue.ts ana ben cid        # records three transactions, and runs nothing
 * deno run -A jsr:@x/resumable-tx/cli queue set sqlite:mail.db mail --rate 2/s --burst 1
 * deno run -A jsr:@x/resumable-tx/cli work sqlite:mail.db --modules examples/ --drain
 * ```
 *
 * A mail cannot be undone, so a step that was interrupted asks: `list` shows it, and a person says whether the mail went
 * out. The server is busy now and then, so a step that failed is tried again.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export function sendMail(to: string): string {
  // The first attempt finds that the server is busy.
  if (to === "ben" && context().attempt === 1) throw new Error("mail server busy");
  console.log(`Sent a mail to ${to}`);
  return `<${context().idempotencyKey}@example.com>`;
}

export function noteSent(to: string, messageId: string): void {
  console.log(`Noted ${messageId.length > 0 ? "the mail" : "nothing"} for ${to}`);
}

if (import.meta.main) {
  for (const to of Deno.args) {
    // A name is enqueued once, however often this program runs.
    const { isNew } = await Transaction.enqueue(import.meta, (t) => {
      const id = t.do(sendMail, to).with({ retry: { maxAttempts: 5, delayMs: 200 } });
      t.do(noteSent, to, id);
    }, { journal: `sqlite:mail.db#welcome-${to}`, queue: "mail", ifExists: "return" });
    console.log(isNew ? `A mail to ${to} will be sent` : `A mail to ${to} was recorded before`);
  }
}
