//! The API's description, made from the table.

use http::Method;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::describe::SchemaOf;
use crate::render::problem_schema;
use crate::routes::{Access, Endpoint};

/// OpenAPI 3.1.0 of these endpoints.
#[must_use]
pub fn describe<'a>(endpoints: impl Iterator<Item = &'a Endpoint>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut reading = settings.clone().for_deserialize().into_generator();
    let mut writing = settings.for_serialize().into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints {
        // OpenAPI knows no rest-of-path parameter.
        let path = endpoint.path.replace("{*", "{");
        let operation = operation(endpoint, &mut reading, &mut writing);
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = entry {
            methods.insert(endpoint.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    let mut schemas = writing.take_definitions(true);
    schemas.extend(reading.take_definitions(true));
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Qige 骑格", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "qige"}
            }
        }
    })
}

fn operation(endpoint: &Endpoint, reading: &mut SchemaGenerator, writing: &mut SchemaGenerator) -> Value {
    let description = &endpoint.description;
    let mut parameters: Vec<Value> = path_parameters(endpoint.path);
    parameters.extend(description.query.iter().flat_map(|query| query_parameters(*query, reading)));
    if endpoint.method == Method::POST && description.request.is_some() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": {"type": "string", "format": "uuid"}
        }));
    }
    let mut operation = Map::new();
    let mut put = |name: &str, value: Value| operation.insert(name.to_owned(), value);
    put("summary", endpoint.summary.into());
    put("tags", json!([endpoint.area]));
    put("parameters", parameters.into());
    put("responses", responses(endpoint, writing));
    put("x-access", access(endpoint.access));
    if let Some(request) = description.request {
        let schema = Value::from(request(reading));
        let mut content = Map::new();
        content.insert("application/json".to_owned(), json!({"schema": &schema}));
        content.insert("application/x-www-form-urlencoded".to_owned(), json!({"schema": &schema}));
        if description.takes_files {
            content.insert("multipart/form-data".to_owned(), json!({"schema": &schema}));
        }
        operation.insert("requestBody".to_owned(), json!({"content": content}));
    }
    if !matches!(endpoint.access, Access::Public | Access::SettingUp | Access::Workshop) {
        operation.insert("security".to_owned(), json!([{"token": []}, {"session": []}]));
    }
    Value::Object(operation)
}

fn responses(endpoint: &Endpoint, writing: &mut SchemaGenerator) -> Value {
    let description = &endpoint.description;
    let mut content = Map::new();
    if let Some(response) = description.response {
        content.insert("application/json".to_owned(), json!({"schema": Value::from(response(writing))}));
        if description.is_page {
            content.insert("text/html".to_owned(), json!({}));
        }
    }
    if let Some(media_type) = description.file {
        // Bytes as they are, of which JSON Schema has nothing to say (OpenAPI 3.1 §4.8.14.2).
        content.insert(media_type.to_owned(), json!({}));
    }
    let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    let good = json!({"description": "Done", "content": content});
    let bad = json!({"description": "A problem, said in the language asked for", "content": problem});
    if description.redirects {
        let sent_on = json!({"description": "A browser is sent to the page that shows it"});
        return json!({"200": good, "303": sent_on, "default": bad});
    }
    json!({"200": good, "default": bad})
}

fn access(access: Access) -> Value {
    match access {
        Access::May(permission) => permission.as_str().into(),
        Access::MayAny(permissions) => permissions.iter().map(|one| one.as_str()).collect(),
        Access::Public => "public".into(),
        Access::SignedIn | Access::Entering => "signed-in".into(),
        Access::Device => "device".into(),
        Access::SettingUp => "setting-up".into(),
        Access::Workshop => "workshop".into(),
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    let pieces = path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'));
    pieces
        .map(|name| {
            let name = name.trim_start_matches('*');
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        })
        .collect()
}

fn query_parameters(query: SchemaOf, reading: &mut SchemaGenerator) -> Vec<Value> {
    let schema = Value::from(query(reading));
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    let whole = match name.and_then(|name| reading.definitions().get(name)) {
        Some(definition) => definition.clone(),
        None => schema,
    };
    let required: Vec<String> = whole
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let properties = whole.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, schema)| {
            let required = required.contains(&name);
            json!({"name": name, "in": "query", "required": required, "schema": schema})
        })
        .collect()
}
