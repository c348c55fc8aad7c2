import { unreadCap } from "@bocau/client";
import { useWords } from "../words/language.js";

/** Always there, so that a reader of the page finds it: without a count it is not to be seen. */
export function UnreadBadge({ count }: { count: number }) {
  const words = useWords();
  return (
    <span className="badge" data-testid="unread-badge" data-count={count} hidden={count === 0}>
      <span aria-hidden="true">{count >= unreadCap ? words.manyUnread : count}</span>
      <span className="only-heard">{words.unread(count)}</span>
    </span>
  );
}
