import "@mantine/core/styles.css";
import "./styles/tokens.css";
import "./styles/console.css";
import "./styles/incident.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { WordsProvider } from "./i18n";
import { routerOf } from "./router";

const client = new QueryClient({
  queryCache: new QueryCache({ onError: toSignIn }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false, // the stream says what changed
      retry: (count, error) => count < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
const router = routerOf(client);

/** The session ended while the page was open. */
function toSignIn(error: unknown): void {
  const { pathname, href } = router.state.location;
  if (!(error instanceof ApiError) || error.status !== 401 || pathname === "/sign-in" || pathname === "/setup") return;
  if (router.state.status === "pending") return; // the first look at who one is; the route itself redirects
  client.removeQueries({ queryKey: ["me"] });
  void router.navigate({ to: "/sign-in", search: { next: href, over: true } });
}

const place = document.getElementById("root");
if (place) {
  // Mantine's variables and classes come from its CSS file: style elements are against the content security policy.
  createRoot(place).render(
    <MantineProvider
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: "faultpath.colours" })}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={client}>
        <WordsProvider>
          <RouterProvider router={router} />
        </WordsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}
