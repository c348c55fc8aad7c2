import type { Conversation } from "@bocau/client";
import { usePanel } from "../held/panel.js";
import { useWords } from "../words/language.js";

/** What a conversation is called: its title, or else those who are in it beside this user. */
export function useTitle(conversation: Conversation): string {
  const { client, nameOf } = usePanel();
  const words = useWords();
  if (conversation.title !== "") {
    return conversation.title;
  }
  if (conversation.incomplete) {
    return words.incomplete;
  }
  const others = conversation.members.filter((member) => member.userId !== client.userId);
  return others.length === 0 ? words.yourself : others.map((member) => nameOf(member.userId)).join(", ");
}
