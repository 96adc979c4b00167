// @ts-nocheck: the service has no types of its own.
// A sign-in service of others on this machine: the one that is certified for OpenID Connect. Whoever signs in
// there says by which phone number; any password will do.
import { createServer } from "node:http";
import Provider from "oidc-provider";

/** What the demonstration is told of it, and how it ends. */
export async function serveSignIns() {
  let answer = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const client = { client_id: "qige", client_secret: "a secret of this run alone, and long enough" };
  const provider = new Provider(issuer, {
    // Where the demonstration listens is not known yet; see below.
    clients: [{ ...client, redirect_uris: ["http://127.0.0.1/sign-in/with/county/back"] }],
    claims: { openid: ["sub"], phone: ["phone_number", "phone_number_verified"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, phone_number: id, phone_number_verified: true }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ["of this run"] },
  });
  const back = /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/with\/county\/back$/;
  provider.Client.prototype.redirectUriAllowed = (address) => back.test(address);
  answer = provider.callback();
  const named = [{
    name: "county", issuer, ...client, label_zh: "县统一身份认证", label_en: "County sign-in", scope: "phone",
    phone_claim: "phone_number",
  }];
  const end = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return { named, end };
}
