import { useCallback } from "react";
import { ChatPage } from "./chat/ChatPage.js";
import { useHash } from "./chat/route.js";
import { fetchAccounts } from "./demo/accounts.js";
import { DemoPage } from "./demo/DemoPage.js";
import { useAnswer } from "./held/useAnswer.js";

/** Two faces: all devices of the demo's people side by side, where the server has a demo, and the chat client. */
export function App() {
  const hash = useHash();
  const ask = useCallback(() => fetchAccounts(), []);
  const [answer] = useAnswer(ask);
  const accounts = answer.state === "here" ? answer.value : undefined;

  if (hash.startsWith("#/chat") || hash.startsWith("#token=")) {
    return <ChatPage demo={accounts !== undefined} />;
  }
  if (answer.state === "loading") {
    return null;
  }
  return accounts ? <DemoPage accounts={accounts} /> : <ChatPage demo={false} />;
}
