/** The codes of errors and closes, and what each asks of a client. `protocol/vectors/codes.json` is the same table. */

export type Action = "drop" | "sign_in" | "refetch" | "retry" | "reconnect" | "give_up";

export const codes = {
  malformed: 4000,
  unknown_type: 4001,
  wrong_state: 4002,
  invalid_field: 4003,
  frame_too_large: 4004,
  content_too_large: 4005,
  local_id_conflict: 4006,
  not_sent: 4007,
  not_a_member: 4030,
  not_allowed: 4031,
  no_such_conversation: 4040,
  no_such_message: 4041,
  no_such_device: 4042,
  no_such_media: 4043,
  media_too_large: 4050,
  media_refused: 4051,
  media_incomplete: 4052,
  media_checksum: 4053,
  conflict: 4090,
  token_invalid: 4100,
  token_expired: 4101,
  signed_out: 4102,
  url_expired: 4200,
  overloaded: 4300,
  rate_limited: 4301,
  unavailable: 4302,
  storage_full: 4303,
  shutting_down: 4400,
  heartbeat_timeout: 4401,
  slow_consumer: 4402,
  connect_timeout: 4403,
  too_many_connections: 4404,
  no_such_session: 4405,
  replaced: 4500,
  too_many_devices: 4501,
  too_many_faults: 4502,
} as const;

export type CodeName = keyof typeof codes;

const actionOfHundred: Readonly<Record<number, Action>> = {
  40: "drop",
  41: "sign_in",
  42: "refetch",
  43: "retry",
  44: "reconnect",
  45: "give_up",
};

/** By the hundreds alone, so that codes added later are understood; undefined for what is not one of Bocau's codes. */
export function actionOf(code: number): Action | undefined {
  return actionOfHundred[Math.trunc(code / 100)];
}
