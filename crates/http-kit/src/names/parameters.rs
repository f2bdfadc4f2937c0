use actix_web::{HttpRequest, web::Query};

use super::objection;

/// The reason why a query is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query parameter {0}")]
pub struct NameError(String);

/// Checks the names of the query's parameters, for a request that can have those in `known`. Other parameters are ignored, unless
/// they mean something else: see the [module](super).
pub fn check_parameters(request: &HttpRequest, known: &[&str]) -> Result<(), NameError> {
    let query = request.query_string();
    if query.is_empty() {
        return Ok(());
    }
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::from_query(query) else { return Ok(()) };
    let is_present = |known: &str| pairs.iter().any(|(name, _)| name == known);
    let mut unknown = pairs.iter().map(|(name, _)| name.as_str()).filter(|name| !known.contains(name));
    let objection = unknown.find_map(|name| objection(name, "", known, is_present));
    objection.map_or(Ok(()), |objection| Err(NameError(objection)))
}
