//! The stages of a call, written once for all dialects.

use super::dialect::{self, Call, Caller, Denied, Dialect, Found, Reply, Route};
use super::parameters::Rules;
use super::strike::injected;
use super::{Gateway, Request, parameters};
use crate::access;
use crate::catalog::{Operation, Product};
use crate::doctor::{Diagnosis, Doubt};
use crate::fault::Struck;
use crate::handler::Context;
use crate::input::Input;
use crate::journal::{Entry, MOST_RESPONSE, Verdict, shortened};
use crate::kubernetes;
use crate::refusal::Refusal;
use crate::unsimulated::{self, Unsimulated};
use bytes::Bytes;
use serde_json::Value;
use std::sync::OnceLock;
use std::time::Instant;
use wharf_spec::file::{Authorization, Place};
use wharf_world::ack::tenancy::Owner;

impl Gateway {
    /// The answer; and why the signature is wrong, if it is, which remains to be found out.
    pub(super) fn respond(
        &self,
        dialect: &dyn Dialect,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> (http::Response<Bytes>, Option<Doubt>) {
        match self.pass_on(dialect, request, struck, entry) {
            Ok(None) => {}
            Ok(Some(answer)) => return (answer, None),
            Err(Denied { refusal, doubt, .. }) => return (self.answer(dialect, None, Err(refusal), entry), doubt),
        }
        let mut found = None;
        let (result, doubt) = match self.stages(dialect, request, struck, &mut found, entry) {
            Ok(reply) => (Ok(reply), None),
            Err(Denied { refusal, doubt, .. }) => (Err(refusal), doubt),
        };
        (self.answer(dialect, found, result, entry), doubt)
    }

    /// The answer to a wrong signature that says what was found out.
    pub(super) fn explain(
        &self,
        dialect: &dyn Dialect,
        diagnosis: &Diagnosis,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let found = dialect.route(self).ok().map(|route| (route.product, route.operation));
        let mut refusal = dialect.mismatch();
        refusal.message = format!("{} {diagnosis}", refusal.message);
        self.answer(dialect, found, Err(refusal), entry)
    }

    /// Checks who sends a request, and nothing more: its entry with the verdict and the reason.
    pub(crate) fn examine(&self, request: http::Request<Bytes>) -> Entry {
        let (parts, body) = request.into_parts();
        let (query, form) = (OnceLock::new(), OnceLock::new());
        let request = Request { parts: &parts, body: &body, query: &query, form: &form };
        let dialect = dialect::dialect(request);
        let dialect = dialect.as_ref();
        let mut entry = self.entry(dialect, request);
        entry.bytes += body.len();
        let route = dialect.route(self).ok();
        if let Err(denied) = self.authenticate(dialect, route.as_ref(), &mut entry) {
            entry.code = Some(denied.refusal.code.into_owned());
            entry.diagnosis = denied.doubt.map(Doubt::make).or(denied.known.map(|known| *known));
        }
        entry.shorten();
        entry
    }

    /// Calls the stages in their order, from the checks to the world.
    fn stages(
        &self,
        dialect: &dyn Dialect,
        request: Request<'_>,
        struck: &Struck,
        found: &mut Option<Found>,
        entry: &mut Entry,
    ) -> Result<Reply, Denied> {
        dialect.arrive(self)?;
        let mut route = dialect.route(self).and_then(|route| self.in_edition(dialect, route));
        if !dialect.hides_routes() {
            route = Ok(route?);
        }
        *found = route.as_ref().ok().map(|route| (route.product, route.operation));
        let caller = self.authenticate(dialect, route.as_ref().ok(), entry)?;
        if let Some(refusal) = injected(dialect, struck) {
            return Err(refusal.into());
        }
        let route = route?;
        let (product, operation) = (route.product, route.operation);
        let owner = dialect.owner()?;
        let region = dialect.region(self, &route, &caller)?;
        if entry.region.is_empty() {
            entry.region.clone_from(&region);
        }
        self.limit_rate(dialect, &caller, (product, operation))?;
        let invalid = |problem| dialect.invalid(product, &operation, problem);
        let mut parameters = dialect.gather(route).map_err(invalid)?;
        let (fields, spec) = (operation.spec.input.as_slice(), product.spec());
        let rules = Rules { edition: self.edition, ..dialect.rules() };
        parameters::validate(&mut parameters, fields, spec, rules, "").map_err(invalid)?;
        entry.parameters = parameters::redact(&parameters, fields, spec);
        access::check(
            dialect.vendor(),
            caller.sub.as_deref(),
            access::Call {
                account: &caller.account,
                region: &region,
                product: product.name(),
                operation: operation.name,
                spec: operation.spec,
                parameters: &parameters,
            },
        )?;
        let base_url = self.base_url(request.parts);
        let call = Call { product, operation, caller: &caller, base_url, parameters: &parameters };
        let mut body = self.act(dialect, call, owner, region, struck, entry)?;
        if let Some(lie) = &struck.total {
            tell_total(&mut body, &operation, &*lie.0);
        }
        Ok(reply(product, operation, body))
    }

    /// Passes a request on to the API server of a cluster, if it is for one. The cloud's gateway answers with what that says.
    fn pass_on(
        &self,
        dialect: &dyn Dialect,
        request: Request<'_>,
        struck: &Struck,
        entry: &mut Entry,
    ) -> Result<Option<http::Response<Bytes>>, Denied> {
        if dialect.api_server(self, &Caller::default()).is_none() {
            return Ok(None);
        }
        let caller = self.authenticate(dialect, None, entry)?;
        let Some(cluster) = dialect.api_server(self, &caller).transpose()? else { return Ok(None) };
        if let Some(refusal) = injected(dialect, struck) {
            return Err(refusal.into());
        }
        // A policy names operations, and there is none.
        if caller.sub.is_some() {
            let message = "The reference server passes on requests of accounts only, not of their users with policies.";
            return Err(Refusal::with_status(403, "APIGW.0302", message).into());
        }
        entry.acted = true;
        entry.region.clone_from(&cluster.region);
        let answer = self.kubernetes_by_gateway(&cluster, request.parts, request.body);
        kubernetes::note(answer.status().as_u16(), answer.body(), entry);
        Ok(Some(answer))
    }

    /// Refuses an operation that the edition does not have.
    fn in_edition(&self, dialect: &dyn Dialect, route: Route) -> Result<Route, Refusal> {
        let has = self.edition.has(route.operation.spec.editions.as_deref());
        if has { Ok(route) } else { Err(dialect.unknown(&route.operation)) }
    }

    /// Determines who calls, unless the operation is open to everyone.
    fn authenticate(&self, dialect: &dyn Dialect, route: Option<&Route>, entry: &mut Entry) -> Result<Caller, Denied> {
        if route.is_some_and(|route| route.operation.spec.authorization == Authorization::None) {
            entry.verdict = Verdict::NotNeeded;
            return Ok(Caller::default());
        }
        let caller = dialect.authenticate(self, route).inspect_err(|denied| {
            entry.verdict = denied.verdict;
            entry.diagnosis = denied.known.as_deref().cloned();
        })?;
        entry.verdict = Verdict::Good;
        entry.account = Some(caller.account.clone());
        entry.caller = Some(caller.sub.as_ref().map_or(&caller.user, |sub| &sub.name).clone());
        Ok(caller)
    }

    /// Refuses a call for which the account has called the operation too often within a second.
    fn limit_rate(&self, dialect: &dyn Dialect, caller: &Caller, (product, operation): Found) -> Result<(), Refusal> {
        let allowed = operation.spec.rate_limit;
        let Some(limit) = self.rate_limit.as_ref().filter(|_| allowed > 0) else { return Ok(()) };
        if limit.admit(&caller.account, product.name(), operation.name, allowed, Instant::now()) {
            return Ok(());
        }
        Err(dialect.throttled(format!("{} may be called {allowed} times a second.", operation.name)))
    }

    /// The body that the function in place of the world gives, if there is one, else the gateway or the world itself.
    fn act(
        &self,
        dialect: &dyn Dialect,
        call: Call<'_>,
        owner: Owner,
        region: String,
        struck: &Struck,
        entry: &mut Entry,
    ) -> Result<Value, Refusal> {
        entry.acted = true;
        if let Some(answer) = &struck.answer {
            return (answer.0)(call.parameters);
        }
        if let Some(body) = dialect.serve(self, &call) {
            return body;
        }
        let Call { product, operation, caller, base_url, parameters } = call;
        let Some(handler) = operation.handler else {
            entry.acted = false;
            if self.unsimulated == Unsimulated::Shaped {
                entry.shaped = true;
                return Ok(unsimulated::shaped(product.spec(), &operation.spec.output));
            }
            return Err(dialect.not_simulated(&operation));
        };
        let (account, sub) = (caller.account.clone(), caller.sub.as_ref().map(|sub| sub.id.clone()));
        let result = self.in_world(|world| {
            let (now, api_servers) = (world.now(), self.api_servers.clone());
            let context = Context { account, sub, region, owner, base_url, now, api_servers };
            handler(world, &context, Input(parameters))
        });
        result.map_err(|refusal| as_printed(refusal, &operation))
    }

    /// Writes the answer.
    pub(super) fn answer(
        &self,
        dialect: &dyn Dialect,
        found: Option<Found>,
        result: Result<Reply, Refusal>,
        entry: &mut Entry,
    ) -> http::Response<Bytes> {
        let answer = match result {
            Ok(reply) => {
                // The same answer again, without what is not to be shown.
                let body = parameters::redact_output(&reply.body, &reply.operation.spec.output, reply.product.spec());
                let (product, operation, status) = (reply.product, reply.operation, reply.status);
                let shown = dialect.reply(self, Reply { product, operation, status, headers: Vec::new(), body }, entry);
                note(shown.body(), entry);
                dialect.reply(self, reply, entry)
            }
            Err(refusal) => {
                let answer = dialect.refuse(self, found, refusal, entry);
                note(answer.body(), entry);
                answer
            }
        };
        entry.status = Some(answer.status().as_u16());
        answer
    }
}

/// Notes the body of an answer without secrets.
fn note(body: &[u8], entry: &mut Entry) {
    let text = String::from_utf8_lossy(body);
    entry.response = shortened(&text, 2 * MOST_RESPONSE).unwrap_or_else(|| text.into_owned());
}

/// The refusal with its code in the spelling that the operation's document prints.
fn as_printed(refusal: Refusal, operation: &Operation) -> Refusal {
    match operation.spec.spellings.get(refusal.code.as_ref()) {
        Some(spelling) => Refusal { code: spelling.clone().into(), ..refusal },
        None => refusal,
    }
}

/// Replaces the total of an answer.
fn tell_total(body: &mut Value, operation: &Operation, lie: &dyn Fn(u64) -> u64) {
    let path = operation.spec.paginate.as_ref().and_then(|paging| paging.total.as_deref()).unwrap_or("TotalCount");
    let place = path.split('.').try_fold(body, |value, name| value.get_mut(name));
    if let Some(place) = place
        && let Some(total) = place.as_u64()
    {
        *place = Value::from(lie(total));
    }
}

/// The answer with that body: with the status of the spec, and the members in headers that the spec puts there.
fn reply(product: &'static Product, operation: Operation, mut body: Value) -> Reply {
    let status = operation.spec.success.first().copied().unwrap_or(200);
    let mut headers = Vec::new();
    for field in operation.spec.output.iter().filter(|field| field.place() == Place::Header) {
        let member = body.as_object_mut().and_then(|members| members.remove(&field.name));
        headers.extend(member.as_ref().and_then(Value::as_str).map(|value| (field.name.as_str(), value.to_owned())));
    }
    Reply { product, operation, status, headers, body }
}
