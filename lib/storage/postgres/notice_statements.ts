/** The statements about notices, in PostgreSQL's dialect. */

import { IS_UNTOLD } from "../sql/schema.ts";
import { NOW } from "./statements.ts";

const later = (parameter: string) => `${NOW} + ${parameter}::float8 * interval '1 millisecond'`;

export const ADD_NOTIFIED = `insert into {notified_statuses} (status, since)
  select status, ${NOW} from unnest($1::int[]) status order by status on conflict do nothing`;

/** By the index `transactions_untold`. A claim that ends later than any can was made before the clock was set back. */
export const CLAIM_UNTOLD = `update {transactions} t set notifying_until = ${later("$2")}
  from (select id from {transactions} where ${IS_UNTOLD} and status = any($1::smallint[])
    and (notifying_until is null or notifying_until <= ${NOW} or notifying_until > ${later("$3")})
    order by id limit $4 for update skip locked) d
  where t.id = d.id returning t.id, t.name, t.rest, case when t.rest like 'aborted stuck %' then t.error end as reason`;

export const NOTE_TOLD = `update {transactions} set notified = $2, notifying_until = null where id = $1`;

export const POSTPONE_TOLD = `update {transactions} set notifying_until = ${later("$3")} where id = $1 and rest = $2`;

/** Marks are compared by their bytes, whatever the language of the database is. */
export const CLAIM_SKIPS = `update {schedules} set notifying_until = ${later("$3")} where name = $1
  and coalesce(skips_told, '') collate "C" < $2 and (notifying_until is null or notifying_until <= ${NOW}
  or notifying_until > ${later("$4")}) returning coalesce(skips_told, '') as told`;

export const NOTE_SKIPS_TOLD = `update {schedules} set skips_told = $2, notifying_until = null where name = $1`;

export const POSTPONE_SKIPS = `update {schedules} set notifying_until = ${later("$2")} where name = $1`;
