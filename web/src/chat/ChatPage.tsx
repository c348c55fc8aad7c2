import { useCallback, useState } from "react";
import { forgetAccount, remember, rememberedAccount, type SignedIn, signedInBy } from "./account.js";
import { ChatClient } from "./ChatClient.js";
import { SignIn } from "./SignIn.js";

/** The chat client, and before it the way in. */
export function ChatPage({ demo }: { demo: boolean }) {
  const [account, setAccount] = useState<SignedIn | undefined>(rememberedAccount);

  const [notice, setNotice] = useState<string>();

  const signOut = useCallback((why?: string) => {
    forgetAccount();
    setNotice(why);
    setAccount(undefined);
  }, []);

  if (account === undefined) {
    return (
      <SignIn
        demo={demo}
        notice={notice}
        onToken={(token) => {
          const signedIn = signedInBy(token);
          if (signedIn !== undefined) {
            remember(token);
            setAccount(signedIn);
          }
          return signedIn !== undefined;
        }}
      />
    );
  }
  return <ChatClient key={account.token} account={account} demo={demo} onSignedOut={signOut} />;
}
