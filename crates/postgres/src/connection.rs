use std::{any::Any, ffi::CString, fmt, time::Duration};

use diesel::{
    ConnectionError, ConnectionResult, QueryResult, RunQueryDsl as _,
    connection::{
        AnsiTransactionManager, CacheSize, Connection, ConnectionSealed, DefaultLoadingMode,
        DynInstrumentation, Instrumentation, InstrumentationEvent, LoadConnection, MultiConnectionHelper,
        SimpleConnection, StrQueryHelper, TransactionManager as _, statement_cache::StatementCache,
    },
    debug_query,
    expression::QueryMetadata,
    migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection},
    pg::{GetPgMetadataCache, Pg, PgMetadataCache},
    query_builder::{Query, QueryFragment, QueryId, bind_collector::RawBytesBindCollector},
    sql_query,
    sql_types::TypeMetadata,
};

use crate::{
    ffi::Answer,
    rows::{PostgresRow, Rows},
    session::{Loss, Session, Statement},
    transactions::follow,
};

/// The settings of each session that diesel relies on. Poolers know both and keep them apart between clients.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET CLIENT_ENCODING TO 'UTF8'";

/// A connection to PostgreSQL. A call that gets no answer in time fails, and so do all later ones: see
/// [`PostgresConnection::loss`].
pub struct PostgresConnection {
    session: Session,
    statements: StatementCache<Pg, Statement>,
    types: PgMetadataCache,
    transactions: AnsiTransactionManager,
    instrumentation: DynInstrumentation,
}

impl PostgresConnection {
    /// Connects to the server of a libpq URL, whose `connect_timeout` limits how long that takes. Each later call may take
    /// as long as `call_timeout`; `None` waits without limit.
    pub fn connect(url: &str, call_timeout: Option<Duration>) -> ConnectionResult<Self> {
        let mut instrumentation = DynInstrumentation::default_instrumentation();
        instrumentation.on_connection_event(InstrumentationEvent::start_establish_connection(url));
        let connected = Self::open(url, call_timeout);
        let error = connected.as_ref().err();
        instrumentation.on_connection_event(InstrumentationEvent::finish_establish_connection(url, error));
        let mut connection = connected?;
        connection.instrumentation = instrumentation;
        Ok(connection)
    }

    fn open(url: &str, call_timeout: Option<Duration>) -> ConnectionResult<Self> {
        let session =
            Session::connect(&CString::new(url)?, call_timeout).map_err(ConnectionError::BadConnection)?;
        let mut connection = Self {
            session,
            statements: StatementCache::new(),
            types: PgMetadataCache::new(),
            transactions: AnsiTransactionManager::default(),
            instrumentation: DynInstrumentation::none(),
        };
        connection.batch_execute(SESSION).map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }

    /// How long a call may take.
    #[must_use]
    pub fn call_timeout(&self) -> Option<Duration> {
        self.session.call_timeout
    }

    /// Sets how long a call may take; `None` waits without limit.
    pub fn set_call_timeout(&mut self, timeout: Option<Duration>) {
        self.session.call_timeout = timeout;
    }

    /// Why this connection must not be used again, if so.
    #[must_use]
    pub fn loss(&self) -> Option<Loss> {
        self.session.loss
    }

    /// Whether the server has reported a full disk on this connection.
    #[must_use]
    pub fn found_disk_full(&self) -> bool {
        self.session.disk_full
    }

    /// Keeps diesel's view of the transaction in step with the server's.
    fn follow(&mut self, failed: bool) {
        let state = self.session.transaction_state();
        follow(AnsiTransactionManager::transaction_manager_status_mut(self), state, failed);
    }

    fn run<T: QueryFragment<Pg> + QueryId>(&mut self, source: &T) -> QueryResult<Answer> {
        self.instrumentation
            .on_connection_event(InstrumentationEvent::start_query(&debug_query::<Pg, _>(source)));
        let answer = self.bind_and_execute(source);
        self.follow(answer.is_err());
        let (query, error) = (debug_query::<Pg, _>(source), answer.as_ref().err());
        self.instrumentation.on_connection_event(InstrumentationEvent::finish_query(&query, error));
        answer
    }

    fn bind_and_execute<T: QueryFragment<Pg> + QueryId>(&mut self, source: &T) -> QueryResult<Answer> {
        let mut collector = RawBytesBindCollector::<Pg>::new();
        source.collect_binds(&mut collector, self, &Pg)?;
        let statement = self.statements.cached_statement(
            source,
            &Pg,
            &collector.metadata,
            &mut self.session,
            Session::prepare,
            &mut *self.instrumentation,
        )?;
        self.session.execute(&statement, &collector.binds)
    }
}

impl SimpleConnection for PostgresConnection {
    fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        let query = StrQueryHelper::new(sql);
        self.instrumentation.on_connection_event(InstrumentationEvent::start_query(&query));
        let answer = self.session.batch(sql);
        self.follow(answer.is_err());
        let error = answer.as_ref().err();
        self.instrumentation.on_connection_event(InstrumentationEvent::finish_query(&query, error));
        answer.map(drop)
    }
}

impl ConnectionSealed for PostgresConnection {}

impl Connection for PostgresConnection {
    type Backend = Pg;
    type TransactionManager = AnsiTransactionManager;

    /// Connects without a limit for calls. Use [`PostgresConnection::connect`] instead.
    fn establish(url: &str) -> ConnectionResult<Self> {
        Self::connect(url, None)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        self.run(source).map(|answer| answer.changed())
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transactions
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut *self.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = instrumentation.into();
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.statements.set_cache_size(size);
    }
}

impl LoadConnection<DefaultLoadingMode> for PostgresConnection {
    type Cursor<'conn, 'query> = Rows;
    type Row<'conn, 'query> = PostgresRow;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Rows>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        self.run(&source).map(Rows::new)
    }
}

impl GetPgMetadataCache for PostgresConnection {
    fn get_metadata_cache(&mut self) -> &mut PgMetadataCache {
        &mut self.types
    }
}

impl MultiConnectionHelper for PostgresConnection {
    fn to_any<'a>(lookup: &mut <Pg as TypeMetadata>::MetadataLookup) -> &mut (dyn Any + 'a) {
        lookup.as_any()
    }

    fn from_any(lookup: &mut dyn Any) -> Option<&mut <Pg as TypeMetadata>::MetadataLookup> {
        lookup.downcast_mut::<Self>().map(|connection| connection as _)
    }
}

impl MigrationConnection for PostgresConnection {
    fn setup(&mut self) -> QueryResult<usize> {
        sql_query(CREATE_MIGRATIONS_TABLE).execute(self)
    }
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection").field("loss", &self.session.loss).finish_non_exhaustive()
    }
}
