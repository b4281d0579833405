-- What an import of types or people wrote, so that it can be undone whole: a type as it stood before and after, and
-- the people it added.
create table import_type (
    job_id bytea not null references import_job (id),
    type_number text not null,
    modification text not null,
    before bytea,
    after bytea not null,
    primary key (job_id, type_number, modification)
);
create table import_person (
    job_id bytea not null references import_job (id),
    person_id bytea not null,
    primary key (job_id, person_id)
);
