use std::sync::Arc;

use usher_domain::{
    Timestamp,
    env::Env,
    port::{StoreError, Tx},
    principal::{Actor, Credential},
    usecase::resolve::ResolveError,
};

use super::{Done, Refusal, Request, unanswered};

/// What came of a request in an account, in the place where it was asked for.
pub(super) type Outcome<T, E> = Result<Done<T>, Refusal<E>>;

/// A use case for several requests.
pub(super) type UseCase<Q, T, E> =
    fn(&mut dyn Tx, &Env, &[(&Actor, &Q)]) -> Result<Vec<Result<T, E>>, StoreError>;

/// Who acts with each of some credentials, at a moment.
type Resolved = Result<Vec<Result<Arc<Actor>, ResolveError>>, StoreError>;

/// Finds out who asks, and runs a use case for all of those who may ask at all.
pub(super) fn for_actors<Q, T, E>(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[&Request<Q>],
    resolve: impl FnOnce(&mut dyn Tx, &[&Credential], Timestamp) -> Resolved,
    work: UseCase<Q, T, E>,
) -> Result<Vec<Outcome<T, E>>, StoreError> {
    let credentials: Vec<&Credential> = requests.iter().map(|(credential, _)| credential).collect();
    let actors = resolve(tx, &credentials, env.now())?;
    let of_actors: Vec<(&Actor, &Q)> = actors
        .iter()
        .zip(requests)
        .filter_map(|(actor, (_, query))| actor.as_ref().ok().map(|actor| (actor.as_ref(), query)))
        .collect();
    let mut answers = if of_actors.is_empty() { Vec::new() } else { work(tx, env, &of_actors)? }.into_iter();
    let outcome = |actor: &Result<Arc<Actor>, ResolveError>| match actor {
        Err(error) => Ok(Err(Refusal::Caller(error.clone()))),
        Ok(actor) => {
            let answer = answers.next().ok_or_else(unanswered)?;
            let done = |value| Done { actor: Arc::clone(actor), value };
            Ok(answer.map(done).map_err(Refusal::UseCase))
        }
    };
    actors.iter().map(outcome).collect()
}
