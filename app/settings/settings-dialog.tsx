import { FlaskConical, Globe, Radio } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Connection, ServerChoice } from "../../src/studio/contract.ts";
import { serverStore, useServer } from "../stores/server.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { setTheme, useTheme } from "../stores/theme.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { Part } from "./part.tsx";
import styles from "./settings-dialog.module.css";
import { StoragePart } from "./storage-part.tsx";
import { UnaskedList } from "./unasked-list.tsx";

export function SettingsDialog() {
  const open = useShell((state) => state.overlay === "settings");
  const connection = useServer((state) => state.connection);
  return (
    <Dialog open={open} onClose={closeOverlay} title="Settings" wide>
      {open && (
        <div className={styles["settings"]}>
          {connection && <Server connection={connection} />}
          {connection && <Key connection={connection} />}
          <Part title="Posts without asking">
            <UnaskedList />
          </Part>
          <Appearance />
          <StoragePart />
        </div>
      )}
    </Dialog>
  );
}

/** Shows what the studio answered, and says what went wrong; gives whether it worked. */
async function settle(what: string, call: Promise<Connection>): Promise<boolean> {
  const answer: Called<Connection> = await called(call);
  if (answer.ok) {
    serverStore.setState({ connection: answer.value });
    return true;
  }
  const { message, remedy } = wordsOf(answer.failure);
  toast({ title: `${what}: ${message}`, description: remedy, look: "danger" });
  return false;
}

const servers = [
  {
    kind: "sandbox",
    title: "Sandbox",
    Icon: FlaskConical,
    text: "Runs on this machine and makes real files. No account, play money, nothing is posted anywhere.",
  },
  {
    kind: "live",
    title: "Live",
    Icon: Radio,
    text: "The real Wondercat server. Jobs cost money and posts are real; each run asks first.",
  },
  {
    kind: "custom",
    title: "Another server",
    Icon: Globe,
    text: "A server that speaks the same API, by its address. Treated as one that costs money.",
  },
] as const;

function Server({ connection }: { readonly connection: Connection }) {
  const current = connection.server;
  const [draft, setDraft] = useState<ServerChoice["kind"]>(current.kind);
  const [url, setUrl] = useState(current.kind === "custom" ? current.url : "");
  const [busy, setBusy] = useState(false);
  const choose = async (server: ServerChoice) => {
    setBusy(true);
    const worked = await settle("The server was not changed", studio.client.connection.choose({ server }));
    setBusy(false);
    if (!worked) return setDraft(current.kind);
    if (server.kind !== "sandbox")
      toast({
        title: "This server is real: runs cost money and posts go out.",
        description: "Each run asks first, and so does each post.",
        look: "danger",
      });
  };
  return (
    <Part title="Server">
      <div className={styles["servers"]} role="radiogroup" aria-label="Server">
        {servers.map(({ kind, title, Icon, text }) => (
          // biome-ignore lint/a11y/useSemanticElements: a card with a picture and a sentence, which a native radio cannot be
          <button
            key={kind}
            type="button"
            role="radio"
            aria-checked={draft === kind}
            className={styles["server"]}
            disabled={busy}
            onClick={() => {
              setDraft(kind);
              if (kind === "sandbox" && current.kind !== "sandbox") void choose({ kind });
            }}
          >
            <Icon size={16} />
            <span className={styles["name"]}>
              {title}
              {current.kind === kind && <span className={styles["now"]}>in use</span>}
            </span>
            <span className={styles["text"]}>{text}</span>
          </button>
        ))}
      </div>
      {draft === "live" && current.kind !== "live" && (
        <Loud>
          <p>
            From then on every run uses your account at the live server. Catwalk shows jobs, cost and posts
            before each run, and asks before each post.
          </p>
          <Button look="danger" disabled={busy} onClick={() => void choose({ kind: "live" })}>
            Switch to Live
          </Button>
        </Loud>
      )}
      {draft === "custom" && (
        <Loud>
          <form
            className={styles["inline"]}
            onSubmit={(event) => {
              event.preventDefault();
              void choose({ kind: "custom", url: url.trim() });
            }}
          >
            <TextField
              aria-label="Address of the server"
              placeholder="https://…"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
            <Button type="submit" look="danger" disabled={busy || !URL.canParse(url.trim())}>
              Use this server
            </Button>
          </form>
        </Loud>
      )}
      <dl className={styles["facts"]}>
        <dt>Address</dt>
        <dd data-selectable>{connection.origin}</dd>
        <dt>State</dt>
        <dd>{stateWords[connection.state]}</dd>
        {connection.account && (
          <>
            <dt>Account</dt>
            <dd data-selectable>
              {connection.account.email ?? connection.account.accountId}
              {connection.account.plan ? ` · ${connection.account.plan}` : ""}
            </dd>
          </>
        )}
        {connection.balance !== undefined && (
          <>
            <dt>{connection.isSandbox ? "Play money" : "Balance"}</dt>
            <dd>{connection.balance}</dd>
          </>
        )}
      </dl>
      {connection.problem && (
        <p className={styles["problem"]} role="alert">
          {connection.problem.message} {connection.problem.remedy}
        </p>
      )}
      <div>
        <Button
          size="small"
          onClick={() => void settle("The server was not reached", studio.client.connection.refresh())}
        >
          Look again
        </Button>
      </div>
    </Part>
  );
}

const stateWords: { readonly [State in Connection["state"]]: string } = {
  connecting: "Connecting…",
  ready: "Ready",
  unreachable: "Not reachable",
  refused: "Refused",
};

const sourceWords = {
  environment: "from the environment of this process",
  stored: "stored on this machine",
  sandbox: "made by the sandbox",
} as const;

/** A key goes in and can be cleared; there is no way to read it back. */
function Key({ connection }: { readonly connection: Connection }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  if (connection.isSandbox)
    return (
      <Part title="Key">
        <p className={styles["text"]}>The sandbox needs none. Choose another server to enter one.</p>
      </Part>
    );
  const act = async (what: string, call: Promise<Connection>) => {
    setBusy(true);
    // Whatever the answer is, the window forgets it.
    setKey("");
    await settle(what, call);
    setBusy(false);
  };
  return (
    <Part title="Key">
      {connection.key && (
        <p className={styles["key"]}>
          <span>
            Ends in <code>{connection.key.lastFour}</code>, {sourceWords[connection.key.source]}
          </span>
          {connection.key.source === "stored" && (
            <Button
              size="small"
              disabled={busy}
              onClick={() => void act("The key was not cleared", studio.client.connection.clearKey())}
            >
              Clear key
            </Button>
          )}
        </p>
      )}
      <form
        className={styles["inline"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== "")
            void act("The key was not stored", studio.client.connection.setKey({ key: key.trim() }));
        }}
      >
        <TextField
          type="password"
          aria-label="API key"
          placeholder={connection.key ? "Replace the key" : "Paste your API key"}
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button type="submit" disabled={busy || key.trim() === ""}>
          Store key
        </Button>
      </form>
      <p className={styles["text"]}>
        {connection.keyStorage} The key goes to {connection.origin} and nowhere else, and is never shown
        again.
      </p>
    </Part>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <Part title="Appearance">
      <div className={styles["theme"]}>
        <Segmented
          label="Theme"
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", label: "As the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
        />
      </div>
    </Part>
  );
}

function Loud({ children }: { readonly children: ReactNode }) {
  return <div className={styles["loud"]}>{children}</div>;
}
