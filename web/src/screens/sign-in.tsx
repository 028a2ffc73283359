// Signing in, and the first administrator.
import { Alert, Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { ApiError, api, keepCsrf, take, type Schemas } from "../api/client";
import { me } from "../api/queries";
import { type Say, useWords } from "../i18n";
import { errorWords } from "../parts/panel";
import { Preferences } from "./frame";

type SignedIn = Schemas["SignedIn"];

/** After a session began: keep its token, and go where one wanted to go. */
function useEntry(): (session: SignedIn) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  return async (session) => {
    keepCsrf(session.csrf);
    client.setQueryData(me.queryKey, { actor: `user:${session.user}`, scopes: session.scopes, csrf: session.csrf });
    await navigate({ href: next ?? "/", replace: true });
  };
}

function fields(event: FormEvent<HTMLFormElement>): (name: string) => string {
  event.preventDefault();
  const form = new FormData(event.currentTarget);
  return (name) => String(form.get(name) ?? "").trim();
}

function Sheet({ title, lead, children }: { title: string; lead: string; children: ReactNode }): ReactNode {
  return (
    <main className="sheet-page">
      <div className="sheet-prefs">
        <Preferences />
      </div>
      <div className="sheet">
        <p className="brand">
          <img src="/favicon.svg" alt="" width="34" height="34" />
          <span>Faultpath</span>
        </p>
        <h1>{title}</h1>
        <p className="dim">{lead}</p>
        {children}
      </div>
    </main>
  );
}

function Refused({ error, wrong, say }: { error: unknown; wrong: string; say: Say }): ReactNode {
  if (!error) return null;
  const text = error instanceof ApiError && error.status === 401 ? wrong : errorWords(error, say);
  return (
    <Alert color="red" variant="light" role="alert">
      {text}
    </Alert>
  );
}

export function SignIn(): ReactNode {
  const { say } = useWords();
  const enter = useEntry();
  const { over } = useSearch({ strict: false }) as { over?: boolean };
  const signIn = useMutation({
    mutationFn: (body: Schemas["SignIn"]) => take(api.POST("/api/v1/session", { body })),
    onSuccess: enter,
  });
  return (
    <Sheet title={say("signIn.title")} lead={say("app.tagline")}>
      <form
        onSubmit={(event) => {
          const field = fields(event);
          signIn.mutate({ name: field("name"), password: field("password") });
        }}
      >
        {over && !signIn.error && <Alert variant="light">{say("signIn.over")}</Alert>}
        <Refused error={signIn.error} wrong={say("signIn.wrong")} say={say} />
        <TextInput name="name" label={say("signIn.name")} autoComplete="username" required autoFocus />
        <PasswordInput name="password" label={say("signIn.password")} autoComplete="current-password" required />
        <Button type="submit" fullWidth loading={signIn.isPending}>
          {say("signIn.submit")}
        </Button>
        <Anchor component={Link} to="/setup" size="sm">
          {say("signIn.first")}
        </Anchor>
      </form>
    </Sheet>
  );
}

export function SetUp(): ReactNode {
  const { say } = useWords();
  const enter = useEntry();
  const setUp = useMutation({
    mutationFn: (body: Schemas["SetUp"]) => take(api.POST("/api/v1/setup", { body })),
    onSuccess: enter,
  });
  return (
    <Sheet title={say("setup.title")} lead={say("setup.lead")}>
      <form
        onSubmit={(event) => {
          const field = fields(event);
          setUp.mutate({ token: field("token"), name: field("name"), password: field("password") });
        }}
      >
        <Refused error={setUp.error} wrong={say("setup.refused")} say={say} />
        <TextInput name="token" label={say("setup.token")} autoComplete="off" required autoFocus />
        <TextInput name="name" label={say("signIn.name")} autoComplete="username" required />
        <PasswordInput name="password" label={say("signIn.password")} autoComplete="new-password" required />
        <Button type="submit" fullWidth loading={setUp.isPending}>
          {say("setup.submit")}
        </Button>
        <Anchor component={Link} to="/sign-in" size="sm">
          {say("setup.back")}
        </Anchor>
      </form>
    </Sheet>
  );
}
